import { urlForApp } from '@/lib/db/app-role'
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { seedDemo } from '@/lib/demo/seed'
import { readPlace, runScript, withDatabase } from './database'
import { describeUsers, keepSignIn, signInFile } from './sign-in'
import { planVirtualLab } from './virtual-lab-process'

await runScript(async () => {
  const place = readPlace()
  const { url, apiKey, hmacKey } = await planVirtualLab(place.dataDir)
  const filled = await withDatabase(place, async (databaseUrl) => {
    const migrated = await migrateDatabase(databaseUrl)
    return seedDemo(urlForApp(databaseUrl, migrated), { url, apiKey, hmacKey })
  })
  if (!filled) {
    console.log('This lab has people or devices already; the demo is for an empty one.')
    return
  }
  keepSignIn(place.dataDir, filled.users)
  console.log(['The demo is in. Sign in as:', ...describeUsers(filled.users)].join('\n  '))
  console.log(`These passwords are kept in ${signInFile(place.dataDir)}`)
})
