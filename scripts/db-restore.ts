// `npm run db:restore -- <folder>`: puts a backup into an empty database, and verifies what came of it.
import path from 'node:path'
import { readManifest, restoreBackup } from '@/lib/db/backup'
import { connect } from '@/lib/db/client'
import { migrateDatabase } from '@/lib/db/migrate'
import { readPlace, runScript, withDatabase } from './database'
import { sealDatabase } from './secret-store'

await runScript(async () => {
  const given = process.argv[2]
  if (given === undefined) throw new Error('usage: npm run db:restore -- <folder of the backup>')
  const folder = path.resolve(given)
  readManifest(folder)
  await withDatabase(readPlace(), async (databaseUrl) => {
    await migrateDatabase(databaseUrl)
    const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
    try {
      const { tables, head, madeAt } = await restoreBackup(sql, folder)
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      console.log(`Restored the lab of ${madeAt}: ${rows} rows of ${tables.length} tables.`)
      console.log(`The chain holds, and every record is what the trail says.`)
      console.log(`Head: --seq ${head.seq} --head ${head.hash}`)
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
