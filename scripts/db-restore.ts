// `npm run db:restore -- <folder> --seq <number> --head <hash>`: restores a backup into an empty database and
// verifies the result. The head is the newest one known from outside: the log, a mail, a printed copy.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { restoreFiles } from '@/lib/attachment-store/check-files'
import { connect } from '@/lib/db/client'
import { readManifest } from '@/lib/db/postgres/backup'
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { restoreBackup } from '@/lib/db/postgres/restore'
import { listNamedFiles, openStore, reportFiles } from './attached-files'
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
      'Give the newest head of the audit trail that was kept outside the database, as --seq and --head: the hourly log line "audit trail head", every mail and the backup command print it. Without it an outdated backup cannot be recognized. If none was kept, give --without-head.',
    )
  const folder = path.resolve(given)
  readManifest(folder)
  const place = readPlace()
  await withDatabase(place, async (databaseUrl) => {
    await migrateDatabase(databaseUrl)
    const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
    try {
      const { tables, head, madeAt } = await restoreBackup(sql, folder, kept)
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      console.log(`Restored the lab of ${madeAt}: ${rows} rows of ${tables.length} tables.`)
      console.log('The chain holds, and every record agrees with the trail.')
      const named = await listNamedFiles(sql)
      const files = await restoreFiles(openStore(place), folder, named)
      console.log(`${files.copied} files of attachments were restored.`)
      reportFiles(files.problems)
      console.log(`Head: --seq ${head.seq} --head ${head.hash}`)
      if (!kept)
        console.error(
          'WARNING: no head was given, so commands may have been sent after this backup. Query each device before the first release.',
        )
    } finally {
      await end()
    }
    const { unreadable } = await sealDatabase(databaseUrl)
    for (const name of unreadable)
      console.error(
        `The sealing key does not decrypt the keys of the MDM server ${name}: set ONEWAY_SECRET_KEY of the lab that was backed up, or enter the keys again.`,
      )
  })
})
