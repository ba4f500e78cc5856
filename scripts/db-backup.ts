// `npm run db:backup -- [folder]`: writes a snapshot of the whole database into a new folder.
import path from 'node:path'
import { connect } from '@/lib/db/client'
import { writeBackup } from '@/lib/db/postgres/backup'
import { readPlace, runScript, withLab } from './database'

const stamp = () => new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')

await runScript(async () => {
  const folder = path.resolve(process.argv[2] ?? `oneway-backup-${stamp()}Z`)
  const { tables, head } = await withLab(readPlace(), async (databaseUrl) => {
    const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
    try {
      return await writeBackup(sql, folder)
    } finally {
      await end()
    }
  })
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  console.log(`${rows} rows of ${tables.length} tables are in ${folder}.`)
  console.log(`Head: --seq ${head.seq} --head ${head.hash}`)
  console.log(
    'The backup is as confidential as the database. It does not contain the key of the sealed secrets: keep ONEWAY_SECRET_KEY, or secrets.json of the data folder, elsewhere.',
  )
})
