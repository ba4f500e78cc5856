import { hash } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import {
  type DeviceDeclarations,
  findDeclarations,
  findOwnDeclarations,
  insertDeclarationEvent,
  type OwnDeclarations,
} from '@/lib/db/queries/devices/declaration-events'
import { type DeviceRow, nameDevice } from '@/lib/db/queries/devices/device-facts'
import { findReadingAt, insertReadings } from '@/lib/db/queries/devices/readings'
import { findKeptTwin } from '@/lib/db/queries/events/kept-reports'
import { findLiveTrial, lockTrial } from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/permissions'
import type { ActiveDeclaration } from '@/lib/domain/declaration/standing'
import {
  claimsInWords,
  claimsNote,
  type StatusClaims,
} from '@/lib/domain/declaration/status-claims'
import { statusReportName } from '@/lib/domain/reading/reading'
import { type DeclarationCheckin, readDeclarationCheckin } from '@/lib/mdm/checkin'
import { reportBytesIn } from '@/lib/mdm/kept-report'
import type { Oddity } from '@/lib/mdm/plist/value'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { checkStatusReport } from './check-reply'
import { recordOsChange } from './detect-os-change'
import type { EventInput, EventResult } from './event-result'
import { type Contradicted, watchIdentity } from './watch-identity'

type DeclarationEvent = EventInput & { device: DeviceRow }
type Read = { checkin: DeclarationCheckin; own: OwnDeclarations }

/**
 * Reads a DeclarativeManagement check-in. It counts as contact whatever it contains, and each is a row of
 * `declaration_events`. A status report is a claim: it is stored, shown and compared with Apple's documentation. Two things
 * in it become readings, because releases must not rest on an older state (decision 092): version and build where it has
 * both, and whether a software-update declaration is active.
 */
export async function readDeclarations(
  tx: Db,
  input: DeclarationEvent,
  now: Date,
): Promise<EventResult> {
  const { device, plist, kept, at } = input
  const found = { readState: 'read', kind: 'declarations', deviceId: device.id } as const
  const row = { rawEventId: kept.id, deviceId: device.id, at, createdAt: now }
  const twin = await findReadBefore(tx, input)
  if (twin !== undefined)
    return {
      ...{ ...found, readState: 'duplicate', duplicateOf: twin },
      reason: `the status report of event ${twin}, which was read at its server before this post arrived`,
    }
  const live = await findLiveTrialAt(tx, input)
  if (!plist.ok) {
    const problem = `the check-in cannot be read: ${plist.reason}`
    await insertDeclarationEvent(tx, { ...row, trialId: live?.id, kind: 'unread', problem })
    return { ...found, trialId: live?.id, reason: `Declarative management: ${problem}.` }
  }
  const checkin = readDeclarationCheckin(plist.value)
  const own = await findOwnDeclarations(tx, device.id, identifiersIn(checkin))
  const contradicted = await watchIdentity(tx, device, identitiesIn(checkin), messageOf(input), now)
  const says = checkin.kind === 'status' || checkin.kind === 'configuration'
  const before = says ? await findDeclarations(tx, device.id) : undefined
  // One report names several: that of the trial under way counts before one that was taken back.
  const named = [...own.values()]
  const about = named.find(({ trialId }) => trialId === live?.id) ?? named[0]
  const trialId = about?.trialId ?? live?.id
  await insertDeclarationEvent(tx, {
    ...row,
    ...{ trialId, commandUuid: about?.commandUuid, kind: checkin.kind },
    ...{ identifier: checkin.identifier, claims: claimsIn(checkin) },
    problem: problemOf(checkin, contradicted),
  })
  const oddities = contradicted
    ? []
    : await recordClaims(tx, input, { checkin, own }, { trialId }, now)
  if (before) await recordStanding(tx, input, before, now)
  await refreshVerdicts(tx, [device.id], now)
  const from = kept.source === 'keptReport' ? 'Read at the server that has kept it. ' : ''
  const reason = `${from}${reasonOf({ checkin, own }, contradicted)}`
  return { ...found, trialId, reason, oddities }
}

/** The kept report that a posted one repeats. */
async function findReadBefore(
  tx: Db,
  { kept, event, plist, at }: DeclarationEvent,
): Promise<number | undefined> {
  const report = kept.source === 'webhook' ? reportBytesIn(plist) : undefined
  if (!report) return undefined
  const enrolled = { mdmServerId: kept.mdmServerId, enrollmentKey: event.enrollmentId }
  const posted = { at, reportSha256: hash('sha256', report), bodySha256: kept.sha256 }
  return findKeptTwin(tx, enrolled, posted)
}

/** The trial under way. A kept report may be older than it, and is none of its then. */
async function findLiveTrialAt(tx: Db, { device, kept, at }: DeclarationEvent) {
  const live = await findLiveTrial(tx, device.id)
  return live && kept.source === 'keptReport' && at < live.draftedAt ? undefined : live
}

const claimsIn = ({ report }: DeclarationCheckin): StatusClaims | undefined =>
  report?.ok ? report.claims : undefined

const identifiersIn = (checkin: DeclarationCheckin): string[] => {
  const claims = claimsIn(checkin)
  return [
    checkin.identifier ?? [],
    claims?.installReason?.declaration ?? [],
    (claims?.declarations ?? []).map(({ identifier }) => identifier),
  ].flat()
}

const identitiesIn = ({ udid, report }: DeclarationCheckin) => [
  { udid },
  ...(report?.ok ? [report.identity] : []),
]

const messageOf = ({ kept, event, at }: DeclarationEvent) => ({
  what: 'DeclarativeManagement',
  ...{ kept, enrollmentId: event.enrollmentId, at },
})

function problemOf(
  { report }: DeclarationCheckin,
  contradicted: Contradicted | undefined,
): string | undefined {
  if (contradicted) return contradicted.reason
  return report && !report.ok ? `the status report cannot be read: ${report.reason}` : undefined
}

/** Stores the OS of a report as one reading, and compares the report with Apple's documentation. */
async function recordClaims(
  tx: Db,
  { device, at, kept }: DeclarationEvent,
  { checkin: { report } }: Read,
  { trialId }: { trialId: string | undefined },
  now: Date,
): Promise<Oddity[]> {
  if (!report?.ok) return []
  await nameDevice(tx, device.id, { modelIdentifier: report.identity.model })
  await recordOs(tx, device.id, report.claims.os, { at, rawEventId: kept.id }, now)
  const odd = await checkStatusReport(
    tx,
    { eventId: kept.id, device, trialId: trialId ?? null, value: report.value, at },
    now,
  )
  return [...report.oddities, ...odd]
}

/** A version without its build, or the other way round, is no reading: with another source's part it would be a pair that never was. */
async function recordOs(
  tx: Db,
  deviceId: string,
  os: StatusClaims['os'],
  seen: { at: Date; rawEventId: number },
  now: Date,
): Promise<void> {
  if (os?.version === undefined || os.build === undefined) return
  const about = {
    ...{ source: 'mdm' as const, askedAt: null, answeredAt: seen.at, byName: statusReportName },
  }
  await insertReadings(tx, deviceId, [
    { ...about, field: 'osVersion', value: os.version },
    { ...about, field: 'osBuild', value: os.build },
    ...(os.extra === undefined
      ? []
      : [{ ...about, field: 'osVersionExtra' as const, value: os.extra }]),
    ...(os.supplementalBuild === undefined
      ? []
      : [{ ...about, field: 'osSupplementalBuild' as const, value: os.supplementalBuild }]),
  ])
  await recordOsChange(tx, deviceId, seen, now)
}

/**
 * Stores whether a software-update declaration is active as a reading at the time of the newest check-in that says so: a
 * late one changes what holds now, and must not count as newer than it is.
 */
async function recordStanding(
  tx: Db,
  { device, kept }: DeclarationEvent,
  before: DeviceDeclarations,
  now: Date,
): Promise<void> {
  const { verdict, standing, own } = await findDeclarations(tx, device.id)
  if (!verdict || !standing.at) return
  const { active, reason } = verdict
  const unknownReason = active === undefined ? reason : null
  const last = await findReadingAt(tx, device.id, 'activeDeclaration', standing.at)
  const isStored =
    last?.byName === statusReportName &&
    last.answeredAt.getTime() === standing.at.getTime() &&
    (last.value ?? undefined) === active &&
    last.unknownReason === unknownReason
  if (!isStored)
    await insertReadings(tx, device.id, [
      {
        ...{ field: 'activeDeclaration', value: active, unknownReason, source: 'mdm' },
        ...{ askedAt: null, answeredAt: standing.at, byName: statusReportName },
      },
    ])
  const known = before.verdict?.declarations ?? []
  const news = verdict.declarations.filter(
    ({ identifier }) => !known.some((one) => one.identifier === identifier),
  )
  await recordOnTrial(tx, device.id, news, { own, reason, rawEventId: kept.id }, now)
}

type Seen = { own: OwnDeclarations; reason: string; rawEventId: number }

/** Records declarations on the live trial when they are first seen active; those of this lab are told apart. */
async function recordOnTrial(
  tx: Db,
  deviceId: string,
  news: readonly ActiveDeclaration[],
  { own, reason, rawEventId }: Seen,
  now: Date,
): Promise<void> {
  const live = news.length > 0 ? await findLiveTrial(tx, deviceId) : undefined
  const trial = live && (await lockTrial(tx, live.id))
  if (!trial) return
  for (const one of news) {
    const name = one.identifier ?? 'one that the device does not name'
    const text = one.own
      ? `The device reports the software-update declaration ${nameWith(own)(name)} as active. ${claimsNote}`
      : `A software-update declaration of another program is active: ${name}; ${reason}`
    const data = { rawEventId, checkin: statusReportName, identifier: name }
    await advanceTrial(tx, trial, { kind: 'recorded', text, data }, systemActor, now)
  }
}

/** "lab.oneway.….enforce (of this lab, T-12)". */
const nameWith =
  (own: OwnDeclarations) =>
  (identifier: string): string => {
    const found = own.get(identifier)
    if (!found) return identifier
    return `${identifier} (of this lab${found.trialNumber === null ? '' : `, T-${found.trialNumber}`})`
  }

/** Parts of a report that stand in the reason of its event; the page of the device has all of them. */
const maxParts = 12

function reasonOf({ checkin, own }: Read, contradicted: Contradicted | undefined): string {
  const { kind, identifier, endpoint, report } = checkin
  if (contradicted) return `${contradicted.reason}. Nothing in it counts.`
  if (report && !report.ok)
    return `The device sent a status report that cannot be read: ${report.reason}. Its bytes are kept.`
  if (report) {
    const parts = claimsInWords(report.claims, nameWith(own))
    const more = parts.length - maxParts + (report.claims.leftOut ?? 0)
    const said = parts.length === 0 ? 'nothing that this program reads' : parts.slice(0, maxParts)
    const all = [said, more > 0 ? `and ${more} more` : []].flat().join('; ')
    return `The device reports: ${all}. ${claimsNote}`
  }
  if (kind === 'tokens') return 'The device asked whether its declarations have changed.'
  if (kind === 'items') return 'The device asked for the list of its declarations.'
  if (identifier !== undefined)
    return `The device asked for the ${kind} ${nameWith(own)(identifier)}; the webhook does not show whether it got it.`
  return `Declarative management at the endpoint ${JSON.stringify(endpoint ?? '')}, which Apple does not document.`
}
