import { stopAllSending } from '@/lib/core/release/sending-stop'
import { urlForApp } from '@/lib/db/app-role'
import { connect, type Db } from '@/lib/db/client'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { readStanding } from '@/lib/db/queries/servers/database-identity'
import { seedDemo } from '@/lib/demo/seed'
import { waitUntil } from '@/scripts/children'
import { createClosing } from '@/scripts/closing'
import { emptyDatabase } from '@/scripts/empty-database'
import { startWeb } from '@/scripts/next-build'
import { readSecrets } from '@/scripts/secrets'
import { throwAwayFolder } from '@/scripts/throw-away-folder'
import { findFreePort, planVirtualLab, startVirtualLab } from '@/scripts/virtual-lab-process'
import { addRecords, type Records } from './records'

/** In memory if there is space, because writing to disk makes filling a lab slow. */
const dataDir = throwAwayFolder('accessibility')

type User = { role: string; email: string; password: string }
export type FullLab = { users: User[]; records: Records }
export type EmptyLab = {
  baseUrl: string
  /** Adds people, devices, trials in every state, events and alarms. */
  fill(): Promise<FullLab>
  /** Runs `run` while the table is renamed, so that pages which read it fail. */
  without(table: string, run: () => Promise<void>): Promise<void>
  /** Stops all sending, as if an older state of the database had been restored. */
  stopSending(): Promise<void>
  close(): Promise<void>
}

/**
 * Starts a lab, empty at first, so that the set-up page can be checked. It has no worker, so that pages do
 * not change while they are checked.
 */
export async function openLab(): Promise<EmptyLab> {
  const closing = createClosing()
  const server = await startEmbedded({ dataDir })
  closing.add(server.stop)
  await emptyDatabase(server.url, dataDir)
  const migrated = await migrateDatabase(server.url, undefined, { password: server.appPassword })
  const virtualLab = await planVirtualLab(dataDir)
  const port = await findFreePort()
  const baseUrl = `http://127.0.0.1:${port}`
  const web = startWeb('production', {
    ...process.env,
    NODE_ENV: 'production',
    PORT: String(port),
    HOST: '127.0.0.1',
    ONEWAY_BASE_URL: baseUrl,
    ONEWAY_DATA: dataDir,
    ONEWAY_DEMO: '1',
    DATABASE_URL: urlForApp(server.appUrl, migrated),
    LOG_LEVEL: 'fatal',
    BETTER_AUTH_SECRET: readSecrets(dataDir).authSecret,
    ONEWAY_SETUP_CODE: 'first-start-code',
    ONEWAY_VIRTUAL_LAB_URL: virtualLab.url,
    ONEWAY_VIRTUAL_LAB_API_KEY: virtualLab.apiKey,
    ONEWAY_VIRTUAL_LAB_HMAC_KEY: virtualLab.hmacKey,
    // Nothing listens there: the sign-in page only has to show the button.
    OIDC_ISSUER: 'http://127.0.0.1:9',
    OIDC_CLIENT_ID: 'oneway',
    OIDC_CLIENT_SECRET: 'accessibility-tests',
    OIDC_LABEL: 'Lab account',
  })
  closing.add(() => web.stop())
  await waitUntil(web, () => answers(baseUrl), 180_000)
  const fill = async () => {
    const seeded = await seedDemo(server.url, virtualLab)
    if (!seeded) throw new Error('the lab was not empty')
    const env = { ...process.env, VIRTUAL_LAB_SEED: 'accessibility' }
    await startVirtualLab(virtualLab, { dataDir, appUrl: baseUrl, env }, (child) =>
      closing.add(() => child.stop()),
    )
    return { users: seeded.users, records: await addRecords(server.url) }
  }
  const owner = connect(server.url, { max: 1, asOwner: true })
  closing.add(owner.end)
  const rename = (from: string, to: string) =>
    owner.sql`alter table ${owner.sql(from)} rename to ${owner.sql(to)}`
  const without = async (table: string, run: () => Promise<void>) => {
    await rename(table, `${table}_away`)
    await run()
    await rename(`${table}_away`, table)
  }
  return { baseUrl, fill, without, stopSending: () => stop(owner.db), close: closing.close }
}

async function stop(db: Db): Promise<void> {
  const finding = { reason: 'its audit trail ends earlier', unknown: [], nothingMissing: false }
  const standing = await readStanding(db)
  await stopAllSending(db, { witnessId: 'accessibility', finding, standing }, new Date())
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { redirect: 'manual' })
    return true
  } catch {
    return false
  }
}
