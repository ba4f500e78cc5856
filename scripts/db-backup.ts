// `npm run db:backup -- [folder]`: writes all of the database as it is at one moment into a new folder.
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
    'It is as secret as the database. The key that opens its sealed secrets is not in it: keep ONEWAY_SECRET_KEY, or secrets.json of the data folder, elsewhere.',
  )
})
