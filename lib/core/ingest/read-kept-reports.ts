import { hash, randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  insertKeptReports,
  listPostedReports,
  listReadReports,
} from '@/lib/db/queries/events/kept-reports'
import { oldestUnreadAt } from '@/lib/db/queries/events/raw-events'
import { findLiveTrial, lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import {
  type FoundReports,
  placeReports,
  reportsInWords,
  sameReportMs,
} from '@/lib/domain/declaration/kept-reports'
import type { DeclarationServer } from '@/lib/mdm/declarations/declaration-server'
import { reportBytesOf } from '@/lib/mdm/kept-report'
import { advanceTrial } from '../kernel/advance-trial'
import { countAction } from '../shared/action-limits'
import { findDeclarationPlace } from '../shared/declaration-place'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'

/** One press reads so many at most: far more than an update brings, and less than a person waits for. */
const limits = { reports: 200, bytes: 16 * 1024 * 1024, ms: 60_000 }

/** A server's clock may be behind, so reading goes on for a day before the lab had the device. */
const dayMs = 86_400_000

export type ReadReports = FoundReports & {
  status: 'read'
  /** The program that was asked. */
  name: string
  at: Date
}

/**
 * Fills gaps in what a device has reported: the webhook posts a report once, and the server of declarations keeps reports.
 * Those that the webhook did not bring become events that say so. They are no contact with the device, and they prove no
 * more than a posted report. Nothing is sent to the device.
 */
export async function readKeptReports(
  db: Db,
  servers: MdmServers,
  actor: Actor,
  input: { deviceId: string },
  clock: () => Date,
): Promise<ReadReports | Refusal> {
  const no = forbidden(actor, 'askDevice') ?? (await countAction(db, actor, 'askDevice', clock()))
  if (no) return no
  const place = await findDeclarationPlace(db, servers, input.deviceId)
  if ('status' in place) return place
  const { device, enrollmentId, mdmServerId, declarations } = place
  const fetched = await fetchReports(declarations, enrollmentId, device.createdAt, clock)
  if (fetched.reports.length === 0 && fetched.problem !== undefined)
    return refused(`${declarations.name} could not be read: ${fetched.problem}.`)
  const { name } = declarations
  const enrolled = { mdmServerId, enrollmentKey: enrollmentId }
  return transact(db, actor, async (tx): Promise<ReadReports | Refusal> => {
    const locked = await lockDeviceRow(tx, device.id)
    if (locked?.enrollmentId !== enrollmentId || locked.mdmServerId !== mdmServerId)
      return refused('The device has enrolled otherwise meanwhile. Read the reports again.')
    // It may be one of these reports, and the record would say that it had not arrived.
    if (await oldestUnreadAt(tx, { mdmServerId, enrollmentId }, 'webhook'))
      return refused(
        'An event of this device has arrived and is not read yet. Read the reports again in a few seconds.',
      )
    const now = clock()
    const counts = await storeMissed(tx, locked, enrolled, fetched.reports, now)
    const { timeless, problem: stopped } = fetched
    const read = { status: 'read' as const, name, at: now, ...counts, timeless, stopped }
    await recordOnTrial(tx, locked, read, actor)
    return read
  })
}

type Report = { id: string; at: Date; bytes: Uint8Array; sha256: string }

type Fetched = {
  /** The newest first. */
  reports: Report[]
  timeless: number
  problem: string | undefined
}

/**
 * Reads the reports from the newest on, as far as the lab has the device. One that arrives meanwhile moves the others by one
 * place, so that one of them is seen twice and none is passed over.
 */
async function fetchReports(
  server: DeclarationServer,
  enrollmentId: string,
  since: Date,
  clock: () => Date,
): Promise<Fetched> {
  const reports: Report[] = []
  const seen = new Set<string>()
  const until = clock().getTime() + limits.ms
  let [bytes, timeless] = [0, 0]
  const ended = (problem?: string): Fetched => ({ reports, timeless, problem })
  for (let index = 0; ; index += 1) {
    if (index >= limits.reports || bytes >= limits.bytes || clock().getTime() >= until)
      return ended('one press reads no more')
    const kept = await server.statusReport(enrollmentId, index)
    if (kept.status === 'none') return ended()
    if (kept.status === 'unread') return ended(kept.reason)
    const sha256 = hash('sha256', kept.bytes)
    const name = `${kept.id} ${sha256}`
    if (seen.has(name)) continue
    seen.add(name)
    bytes += kept.bytes.byteLength
    if (kept.at && kept.at.getTime() < since.getTime() - dayMs) return ended()
    // The newest report says what holds now: one from the future would say so for ever.
    if (kept.at && kept.at.getTime() <= clock().getTime() + 60_000)
      reports.push({ id: kept.id, at: kept.at, bytes: kept.bytes, sha256 })
    else timeless += 1
  }
}

/** Stores what the webhook has not brought, the oldest first, as it is to be read. */
async function storeMissed(
  tx: Db,
  { id }: DeviceRow,
  enrolled: { mdmServerId: string; enrollmentKey: string },
  reports: readonly Report[],
  now: Date,
): Promise<{ missed: number; known: number }> {
  const [newest, oldest] = [reports[0], reports.at(-1)]
  if (!newest || !oldest) return { missed: 0, known: 0 }
  const before = new Map(
    (await listReadReports(tx, enrolled)).map((one) => [
      `${one.reportId} ${one.sha256}`,
      one.createdAt,
    ]),
  )
  const recordedAt = (report: Report) => before.get(`${report.id} ${report.sha256}`) ?? undefined
  const [from, to] = [
    new Date(oldest.at.getTime() - sameReportMs),
    new Date(newest.at.getTime() + sameReportMs),
  ]
  const posted = (await listPostedReports(tx, id, from, to)).flatMap(
    ({ rawEventId, at, payload }) => {
      const report = payload && reportBytesOf(payload)
      return report ? [{ rawEventId, at, sha256: hash('sha256', report) }] : []
    },
  )
  const placed = placeReports(
    reports.map((one) => ({ ...one, recordedAt: recordedAt(one) })),
    posted,
  )
  const missed = reports.flatMap((report, index) => {
    const place = placed[index]
    if (place?.is !== 'missed' || recordedAt(report)) return []
    const { id: reportId, at: reportAt, bytes: body, sha256 } = report
    const times = { reportAt, createdAt: place.at, receivedAt: now }
    return [{ ...enrolled, ...times, reportId, body, sha256, receipt: randomUUID() }]
  })
  const stored = await insertKeptReports(tx, missed.toReversed())
  return { missed: stored, known: reports.length - stored }
}

/** On the trial under way, so that its reader knows what was looked for, and what was found. */
async function recordOnTrial(
  tx: Db,
  device: DeviceRow,
  { name, at, missed, known, timeless, stopped }: ReadReports,
  actor: Actor,
): Promise<void> {
  const live = await findLiveTrial(tx, device.id)
  const trial = live && (await lockTrial(tx, live.id))
  if (!trial) return
  const text = `The status reports that ${name} has kept were read: ${reportsInWords({ missed, known, timeless, stopped })}`
  const data = { keptReports: { missed, known, timeless } }
  await advanceTrial(tx, trial, { kind: 'recorded', text, data }, actor, at)
}
