// `npm run db:restore -- <folder> --seq <number> --head <hash>`: puts a backup into an empty database, and
// verifies what came of it. The head is the newest one that was kept outside: in the log, in a mail, on paper.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { connect } from '@/lib/db/client'
import { readManifest } from '@/lib/db/postgres/backup'
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { restoreBackup } from '@/lib/db/postgres/restore'
import { readPlace, runScript, withDatabase } from './database'
import { headOptions, readKeptHead } from './kept-head'
import { sealDatabase } from './secret-store'

const usage =
  'npm run db:restore -- <folder of the backup> --seq <number> --head <hash>, or --without-head'

await runScript(async () => {
  const { values, positionals } = parseArgs({
    options: { ...headOptions, 'without-head': { type: 'boolean' } },
    allowPositionals: true,
  })
  const [given] = positionals
  const kept = readKeptHead(values, usage)
  if (given === undefined || positionals.length > 1) throw new Error(`usage: ${usage}`)
  if (!kept && !values['without-head'])
    throw new Error(
      'Give the newest head of the audit trail that was kept outside of the database: --seq and --head, as the hourly log line "audit trail head", each mail and the backup command give them. Without it nobody can tell a backup that is older than what has happened since. Where none was kept: --without-head.',
    )
  const folder = path.resolve(given)
  readManifest(folder)
  await withDatabase(readPlace(), async (databaseUrl) => {
    await migrateDatabase(databaseUrl)
    const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
    try {
      const { tables, head, madeAt } = await restoreBackup(sql, folder, kept)
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      console.log(`Restored the lab of ${madeAt}: ${rows} rows of ${tables.length} tables.`)
      console.log(`The chain holds, and every record is what the trail says.`)
      console.log(`Head: --seq ${head.seq} --head ${head.hash}`)
      if (!kept)
        console.error(
          'WARNING: no head was given, so nobody knows whether commands were sent after this backup. Query each device before the first release.',
        )
    } finally {
      await end()
    }
    const { unreadable } = await sealDatabase(databaseUrl)
    for (const name of unreadable)
      console.error(
        `The key given here does not open the keys of the MDM server ${name}: give ONEWAY_SECRET_KEY of the lab that was backed up, or enter them again.`,
      )
  })
})
