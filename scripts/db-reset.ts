import { rmSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { readPlace, runScript, withDatabase } from './database'
import { emptyDatabase } from './empty-database'

const isConfirmed = async (dataDir: string) => {
  if (process.argv.includes('--yes')) return true
  if (!process.stdin.isTTY) return false
  console.log(
    `This permanently deletes every trial, observation, reading and attachment in ${dataDir}.`,
  )
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return (await terminal.question('Type "reset" to continue: ')).trim() === 'reset'
  } finally {
    terminal.close()
  }
}

await runScript(async () => {
  const place = readPlace()
  if (place.env.DATABASE_URL) {
    throw new Error(
      'db:reset empties only the bundled database. To drop the database of DATABASE_URL, use the tools of PostgreSQL.',
    )
  }
  if (!(await isConfirmed(place.dataDir))) {
    throw new Error('Nothing was changed. Without a terminal: npm run db:reset -- --yes')
  }
  await withDatabase(place, (databaseUrl) => emptyDatabase(databaseUrl, place.dataDir))
  rmSync(path.join(place.dataDir, 'attachments'), { recursive: true, force: true })
  console.log('The bundled database is empty. npm start fills it with the demo again.')
})
