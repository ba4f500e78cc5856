import { migrateDatabase } from '@/lib/db/migrate'
import { readPlace, runScript, withDatabase } from './database'

await runScript(async () => {
  await withDatabase(readPlace(), (databaseUrl) => migrateDatabase(databaseUrl))
  console.log('The database has the schema of this version.')
})
