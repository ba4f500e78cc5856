import { createInterface } from 'node:readline/promises'
import { readPlace, runScript, withDatabase } from './database'
import { emptyDatabase } from './empty-database'

const isMeant = async (dataDir: string) => {
  if (process.argv.includes('--yes')) return true
  if (!process.stdin.isTTY) return false
  console.log(`This deletes every trial, observation and reading in ${dataDir} for ever.`)
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return (await terminal.question('Type "reset" to go on: ')).trim() === 'reset'
  } finally {
    terminal.close()
  }
}

await runScript(async () => {
  const place = readPlace()
  if (place.env.DATABASE_URL) {
    throw new Error(
      'db:reset empties only the bundled database. What DATABASE_URL names is dropped with its own tools.',
    )
  }
  if (!(await isMeant(place.dataDir))) {
    throw new Error('Nothing was changed. Without a terminal: npm run db:reset -- --yes')
  }
  await withDatabase(place, (databaseUrl) => emptyDatabase(databaseUrl, place.dataDir))
  console.log('The bundled database is empty. npm start fills it with the demo again.')
})
