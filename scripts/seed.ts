import { urlForApp } from '@/lib/db/app-role'
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { seedDemo } from '@/lib/demo/seed'
import { readPlace, runScript, withDatabase } from './database'
import { addStory } from './demo-story'
import { describeUsers, keepSignIn, signInFile } from './sign-in'
import { planVirtualLab } from './virtual-lab-process'

await runScript(async () => {
  const place = readPlace()
  const { url, apiKey, hmacKey } = await planVirtualLab(place.dataDir)
  const filled = await withDatabase(place, async (databaseUrl) => {
    const migrated = await migrateDatabase(databaseUrl)
    const appUrl = urlForApp(databaseUrl, migrated)
    const filled = await seedDemo(appUrl, { url, apiKey, hmacKey })
    if (!filled) return undefined
    keepSignIn(place.dataDir, filled.users)
    const { VIRTUAL_LAB_SEED: seed } = process.env
    const { dataDir } = place
    await addStory(appUrl, filled.users, { dataDir, seed, say: console.log })
    return filled
  })
  if (!filled) {
    console.log('This lab already has people or devices; the demo needs an empty one.')
    return
  }
  console.log(
    ['The lab has the demo now. Sign in as:', ...describeUsers(filled.users)].join('\n  '),
  )
  console.log(`These passwords are stored in ${signInFile(place.dataDir)}`)
})
