// `npm run db:backup -- [folder]`: writes a snapshot of the whole database into a new folder, with the files of
// attachments.
import path from 'node:path'
import { backUpFiles } from '@/lib/attachment-store/check-files'
import { connect } from '@/lib/db/client'
import { writeBackup } from '@/lib/db/postgres/backup'
import { listNamedFiles, openStore, reportFiles } from './attached-files'
import { readPlace, runScript, withLab } from './database'

const stamp = () => new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')

await runScript(async () => {
  const folder = path.resolve(process.argv[2] ?? `oneway-backup-${stamp()}Z`)
  const place = readPlace()
  const { tables, head, files } = await withLab(place, async (databaseUrl) => {
    const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
    try {
      const written = await writeBackup(sql, folder)
      // Afterwards: a file is on the disk before its row, so each file of the snapshot is there by now.
      const named = await listNamedFiles(sql)
      const files = await backUpFiles(openStore(place), folder, named)
      return { ...written, files }
    } finally {
      await end()
    }
  })
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  console.log(`${rows} rows of ${tables.length} tables are in ${folder}.`)
  console.log(`${files.copied} files of attachments are in its folder files.`)
  reportFiles(files.problems)
  console.log(`Head: --seq ${head.seq} --head ${head.hash}`)
  console.log(
    'The backup is as confidential as the database. It does not contain the key of the sealed secrets: keep ONEWAY_SECRET_KEY, or secrets.json of the data folder, elsewhere.',
  )
})
