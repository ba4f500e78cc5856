// `npm run secrets:rotate`: a new key for what is sealed in the database. The app must be stopped: its
// processes hold the old key, and a webhook whose key does not open hears nothing.
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { readPlace, runScript, withDatabase } from './database'
import { acquire } from './lock.mjs'
import { isGivenByOperator } from './secret-key'
import { sealDatabase } from './secret-store'
import { forgetOldSecretKeys, renewSecretKey } from './secrets'

const byOperator = `The sealing key of this lab is given by the environment. To change it: stop Oneway, set
ONEWAY_SECRET_KEY (or its file) to the new key and ONEWAY_SECRET_KEY_OLD to the old one, start it once,
and take ONEWAY_SECRET_KEY_OLD away when the start has reported how many keys it sealed.`

await runScript(async () => {
  const place = readPlace()
  if (isGivenByOperator(place.env)) throw new Error(byOperator)
  const lock = await acquire(place.dataDir, {
    address: 'npm run secrets:rotate',
    since: new Date(),
  })
  if ('heldBy' in lock) throw new Error('Oneway is running on this data folder. Stop it first.')
  try {
    // In this order: whatever is interrupted, both keys are in the file until the old one opens nothing.
    renewSecretKey(place.dataDir)
    const {
      sealed,
      unreadable,
      unreadableBodies = 0,
    } = await withDatabase(place, async (databaseUrl) => {
      await migrateDatabase(databaseUrl)
      return sealDatabase(databaseUrl)
    })
    if (unreadableBodies > 0)
      throw new Error(`${unreadableBodies} webhook bodies do not open. The old key is kept.`)
    if (unreadable.length > 0)
      throw new Error(`The keys of ${unreadable.join(', ')} do not open. The old key is kept.`)
    forgetOldSecretKeys(place.dataDir)
    console.log(`A new key seals now; ${sealed} stored keys were sealed anew.`)
  } finally {
    lock.release()
  }
})
