// `npm run attachments:fetch`: copies the files of attachments from the object storage back into the data folder, each
// compared with its hash. Afterwards the settings of the object storage can be taken out of the environment.
import { fetchFiles } from '@/lib/attachment-store/check-files'
import { connect } from '@/lib/db/client'
import { listNamedFiles, openStore, reportFiles } from './attached-files'
import { readPlace, runScript, withLab } from './database'

await runScript(async () => {
  const place = readPlace()
  const store = openStore(place)
  const files = await withLab(place, async (databaseUrl) => {
    const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
    try {
      return await fetchFiles(store, await listNamedFiles(sql))
    } finally {
      await end()
    }
  })
  console.log(`${files.copied} files were fetched; the object storage still has them too.`)
  reportFiles(files.problems)
})
