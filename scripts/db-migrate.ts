import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { readPlace, runScript, withDatabase } from './database'
import { sealDatabase } from './secret-store'

await runScript(async () => {
  await withDatabase(readPlace(), async (databaseUrl) => {
    await migrateDatabase(databaseUrl)
    await sealDatabase(databaseUrl)
  })
  console.log('The database has the schema of this version.')
})
