import { keepEvents } from '@/lib/core/ingest/keep-events'
import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import { addServer } from '@/lib/core/testing/device'
import { engineer, later, now } from '@/lib/core/testing/people'
import { armedTrial, releaseSigned, seenSlot } from '@/lib/core/testing/trial'
import { answerBody } from '@/lib/core/testing/webhook'
import type { Connection } from '@/lib/db/client'
import { findServer, listServers } from '@/lib/db/queries/servers/servers'
import { createNanomdm } from '@/lib/mdm/nanomdm'
import { carryOn } from '@/lib/worker/carry-on'
import type { FaultMdm } from './fault-mdm'
import { faultyDb, faultyServers, type Strike } from './faulty'

export type Lab = Pick<Connection, 'db' | 'sql'>

/** The program as it is while it works on one trial: its own ways to the database and the MDM server. */
export type Rig = Parameters<typeof carryOn>[0]

export type Bench = Awaited<ReturnType<typeof armedTrial>> & {
  /** Of its MDM server's webhook. */
  slug: string
  seen: Awaited<ReturnType<typeof seenSlot>>
  /** Bodies that were answered 200, in hex: each must be found again. */
  acknowledged: string[]
  /** Commands the device has answered already. */
  answered: Set<string>
}

/** An armed trial whose device belongs to the faulty MDM server. */
export async function openBench(lab: Lab, mdm: FaultMdm, at = now): Promise<Bench> {
  const armed = await armedTrial(lab.db, { at, serverId: await serverAt(lab.db, mdm) })
  const { mdmServerId } = armed.device
  const slug = (await findServer(lab.db, mdmServerId))?.slug ?? ''
  const seen = await seenSlot(lab.db, armed.trialId, 1, at)
  return { ...armed, slug, seen, acknowledged: [], answered: new Set() }
}

/** The entry of this MDM server: one for all devices there, as a second for the same address is refused. */
export async function serverAt(
  db: Lab['db'],
  { url, apiKey }: Pick<FaultMdm, 'url' | 'apiKey'>,
): Promise<string> {
  const known = (await listServers(db)).find((server) => server.url === url)
  return known?.id ?? addServer(db, false, { url, apiKey })
}

const passing: Strike = () => undefined

/** A program that is struck as told; without `strike` a healthy one. */
export function openRig(lab: Lab, at: { seconds: number }, strike = passing): Rig {
  // Two tries without a pause: a database that is gone for ever must not be waited for a minute each time.
  const sending = { settlePausesMs: [0, 0] }
  return { ...struckWays(lab, strike), clock: () => later(at.seconds), sending }
}

/** The ways out of the program, each struck as told. A call to an MDM server takes at most 400 ms. */
export function struckWays({ sql }: Lab, strike: Strike): Pick<Rig, 'db' | 'servers'> {
  const db = faultyDb(sql, strike)
  // The keys are read as the worker reads them, through the same database.
  const servers: MdmServers = async (serverId, within = db) => {
    const server = await findServer(within, serverId)
    if (!server) throw new Error('no such server')
    return createNanomdm({ url: server.url, apiKey: server.apiKey, timeoutMs: 400 })
  }
  return { db, servers: faultyServers(servers, strike) }
}

/** What a person, the worker or the webhook does may fail; each of them lives on and is tried again. */
export async function tolerate<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch {
    return undefined
  }
}

/** The device asks for work, does it, and its answers go to the webhook, once each: nothing repeats them. */
export async function poll(rig: Rig, bench: Bench, mdm: FaultMdm, at: Date): Promise<void> {
  const { enrollmentId, mdmServerId } = bench.device
  for (const { commandUuid, requestType, ...one } of mdm.ledger) {
    if (one.enrollmentId !== enrollmentId || bench.answered.has(commandUuid)) continue
    bench.answered.add(commandUuid)
    const keys = keysOf[requestType] ?? ''
    const body = answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', keys, at })
    const kept = await tolerate(async () => {
      await keepEvents(rig.db, [{ serverId: mdmServerId, body, at }])
      return true
    })
    if (kept) bench.acknowledged.push(Buffer.from(body).toString('hex'))
  }
}

/** What a device answers to each question, as XML of the keys beside status and UUID. */
export const keysOf: Record<string, string> = {
  ScheduleOSUpdate:
    '<key>UpdateResults</key><array><dict><key>InstallAction</key><string>DownloadOnly</string><key>ProductKey</key><string>iOSUpdate16B92</string><key>Status</key><string>Downloading</string></dict></array>',
  OSUpdateStatus:
    '<key>OSUpdateStatus</key><array><dict><key>DownloadPercentComplete</key><real>0.5</real><key>IsDownloaded</key><false/><key>ProductKey</key><string>iOSUpdate16B92</string><key>Status</key><string>Downloading</string></dict></array>',
  DeviceInformation:
    '<key>QueryResponses</key><dict><key>OSVersion</key><string>12.0.1</string><key>BuildVersion</key><string>16A404</string></dict>',
}

/** One trial's first command: released, held, sent, answered, read, and the device asked how it goes. */
export async function trip(
  rig: Rig,
  bench: Bench,
  mdm: FaultMdm,
  at: { seconds: number },
): Promise<void> {
  // Whoever sees an error presses again.
  for (let press = 0; press < 2; press += 1)
    await tolerate(() => releaseSigned(rig.db, engineer, bench.seen, later(at.seconds)))
  at.seconds += 121
  for (let round = 0; round < 5; round += 1) {
    await tolerate(() => carryOn(rig))
    at.seconds += 5
    await poll(rig, bench, mdm, later(at.seconds))
  }
}
