// `npm run secrets:rotate`: seals the secrets in the database with a new key. The app must be stopped: its
// processes have the old key, and could not verify webhooks any more.
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { readPlace, runScript, withDatabase } from './database'
import { acquire } from './lock.mjs'
import { isGivenByOperator } from './secret-key'
import { sealDatabase } from './secret-store'
import { forgetOldSecretKeys, renewSecretKey } from './secrets'

const byOperator = `The sealing key of this lab is given by the environment. To change it: stop Oneway, set
ONEWAY_SECRET_KEY (or its file) to the new key and ONEWAY_SECRET_KEY_OLD to the old one, start it once,
and remove ONEWAY_SECRET_KEY_OLD when the start has reported how many keys it sealed.`

await runScript(async () => {
  const place = readPlace()
  if (isGivenByOperator(place.env)) throw new Error(byOperator)
  const lock = await acquire(place.dataDir, {
    address: 'npm run secrets:rotate',
    since: new Date(),
  })
  if ('heldBy' in lock) throw new Error('Oneway is running on this data folder. Stop it first.')
  try {
    // The old key stays in the file until nothing is sealed with it, so an interruption loses nothing.
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
      throw new Error(
        `${unreadableBodies} webhook bodies cannot be decrypted. The old key is kept.`,
      )
    if (unreadable.length > 0)
      throw new Error(
        `The keys of ${unreadable.join(', ')} cannot be decrypted. The old key is kept.`,
      )
    forgetOldSecretKeys(place.dataDir)
    console.log(`The sealing key was changed; ${sealed} stored keys were sealed with the new one.`)
  } finally {
    lock.release()
  }
})
