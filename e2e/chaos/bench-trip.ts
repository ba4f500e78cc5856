import { keepEvents } from '@/lib/core/ingest/keep-events'
import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import { addServer } from '@/lib/core/testing/device'
import { engineer, later, now } from '@/lib/core/testing/people'
import { armedTrial, releaseSigned, seenSlot } from '@/lib/core/testing/trial'
import { answerBody } from '@/lib/core/testing/webhook'
import type { Connection } from '@/lib/db/client'
import { findServer, listServers } from '@/lib/db/queries/servers/servers'
import { createClient } from '@/lib/mdm/clients'
import { carryOn } from '@/lib/worker/carry-on'
import type { FaultMdm } from './fault-mdm'
import { faultyDb, faultyServers, type InjectFault } from './faulty'

export type Lab = Pick<Connection, 'db' | 'sql'>

/** The program under test: its clock and its connections to the database and the MDM server. */
export type Program = Parameters<typeof carryOn>[0]

export type Bench = Awaited<ReturnType<typeof armedTrial>> & {
  /** In the address of its MDM server's webhook. */
  slug: string
  seen: Awaited<ReturnType<typeof seenSlot>>
  /** Bodies that the webhook answered with 200, in hex: each must be in the database. */
  acknowledged: string[]
  /** CommandUUIDs that the device has answered. */
  answered: Set<string>
}

/** Arms a trial of a device on the faulty MDM server. */
export async function openBench(lab: Lab, mdm: FaultMdm, at = now): Promise<Bench> {
  const armed = await armedTrial(lab.db, { at, serverId: await serverAt(lab.db, mdm) })
  const { mdmServerId } = armed.device
  const slug = (await findServer(lab.db, mdmServerId))?.slug ?? ''
  const seen = await seenSlot(lab.db, armed.trialId, 1, at)
  return { ...armed, slug, seen, acknowledged: [], answered: new Set() }
}

/** The ID of this MDM server; adds it at first use, because a second one at the same address is refused. */
export async function serverAt(
  db: Lab['db'],
  { url, apiKey }: Pick<FaultMdm, 'url' | 'apiKey'>,
  but: Parameters<typeof addServer>[2] = {},
): Promise<string> {
  const known = (await listServers(db)).find((server) => server.url === url)
  return known?.id ?? addServer(db, false, { ...but, url, apiKey })
}

const noFault: InjectFault = () => undefined

/** A program with injected faults; healthy without `inject`. */
export function createProgram(lab: Lab, at: { seconds: number }, inject = noFault): Program {
  // Two tries without a pause: by default it would wait a minute for a database that stays away.
  const sending = { settlePausesMs: [0, 0] }
  return { ...faultyConnections(lab, inject), clock: () => later(at.seconds), sending }
}

/** Connections to the database and MDM servers with injected faults. A call to a server times out after 800 ms. */
export function faultyConnections(
  { sql }: Lab,
  inject: InjectFault,
): Pick<Program, 'db' | 'servers'> {
  const db = faultyDb(sql, inject)
  // Keys are read through the same database, as the worker does.
  const servers: MdmServers = async (serverId, within = db) => {
    const server = await findServer(within, serverId)
    if (!server) throw new Error('no such server')
    const { url, apiKey, declarationsUrl, declarationsKey } = server
    const declarations =
      declarationsUrl === null ? undefined : { url: declarationsUrl, apiKey: declarationsKey }
    return createClient(server.kind, { url, apiKey, timeoutMs: 800, declarations })
  }
  return { db, servers: faultyServers(servers, inject) }
}

/** Ignores an error: the people, the worker and the webhook of a lab try again after one. */
export async function tolerate<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch {
    return undefined
  }
}

/** The device answers each accepted command once; an answer that is not stored is not repeated. */
export async function poll(program: Program, bench: Bench, mdm: FaultMdm, at: Date): Promise<void> {
  const { enrollmentId, mdmServerId } = bench.device
  for (const { commandUuid, requestType, ...one } of mdm.ledger) {
    if (one.enrollmentId !== enrollmentId || bench.answered.has(commandUuid)) continue
    bench.answered.add(commandUuid)
    const keys = keysOf[requestType] ?? ''
    const body = answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', keys, at })
    const stored = await tolerate(async () => {
      await keepEvents(program.db, [{ serverId: mdmServerId, body, at }])
      return true
    })
    if (stored) bench.acknowledged.push(Buffer.from(body).toString('hex'))
  }
}

/** Plist keys of a device's answer to each request type, besides Status and CommandUUID. */
export const keysOf: Record<string, string> = {
  ScheduleOSUpdate:
    '<key>UpdateResults</key><array><dict><key>InstallAction</key><string>DownloadOnly</string><key>ProductKey</key><string>iOSUpdate16B92</string><key>Status</key><string>Downloading</string></dict></array>',
  OSUpdateStatus:
    '<key>OSUpdateStatus</key><array><dict><key>DownloadPercentComplete</key><real>0.5</real><key>IsDownloaded</key><false/><key>ProductKey</key><string>iOSUpdate16B92</string><key>Status</key><string>Downloading</string></dict></array>',
  DeviceInformation:
    '<key>QueryResponses</key><dict><key>OSVersion</key><string>12.0.1</string><key>BuildVersion</key><string>16A404</string></dict>',
}

/** Runs a trial's first command: release, hold, sending, answer, reading, and the probes after it. */
export async function runTrial(
  program: Program,
  bench: Bench,
  mdm: FaultMdm,
  at: { seconds: number },
): Promise<void> {
  // A person who sees an error presses again.
  for (let press = 0; press < 2; press += 1)
    await tolerate(() => releaseSigned(program.db, engineer, bench.seen, later(at.seconds)))
  at.seconds += 121
  for (let round = 0; round < 5; round += 1) {
    await tolerate(() => carryOn(program))
    at.seconds += 5
    await poll(program, bench, mdm, later(at.seconds))
  }
}
