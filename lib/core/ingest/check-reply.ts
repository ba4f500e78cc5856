import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findReadingAt } from '@/lib/db/queries/devices/readings'
import { insertReplyCheck, type NewReplyCheck } from '@/lib/db/queries/events/contradictions'
import { getLabSettings } from '@/lib/db/queries/settings'
import { listCommandsOfTrial, type PlistCommand } from '@/lib/db/queries/trials/commands'
import { findTrial, listObservations } from '@/lib/db/queries/trials/trials'
import {
  type CheckedReply,
  detectContradictions,
  detectInStatusReport,
} from '@/lib/domain/contradiction/detect'
import { fingerprintOf, isContradiction } from '@/lib/domain/contradiction/finding'
import type { DocumentedMessage } from '@/lib/domain/documentation/documentation'
import { readPlist } from '@/lib/mdm/plist/plist'
import type { Oddity, PlistValue } from '@/lib/mdm/plist/value'
import type { Reply } from '@/lib/mdm/reply-types'
import { isTransient, rootMessage } from '../shared/failure'
import { standing } from '../trials/trial-evidence'

type AnsweredCommand = {
  eventId: number
  command: PlistCommand
  device: DeviceRow
  plist: PlistValue
  reply: Reply
  /** When the device answered. */
  at: Date
}

/**
 * Compares a reply with Apple's documentation and stores what was compared and which contradictions were found.
 * A failure of the comparison does not change what was read from the reply: it is returned as a parser warning.
 */
export async function checkReply(tx: Db, answered: AnsweredCommand, now: Date): Promise<Oddity[]> {
  // A NotNow contains no answer, and a device may send many.
  if (answered.reply.status === 'NotNow') return []
  return comparing(tx, (own) => compare(own, answered, now))
}

async function comparing(tx: Db, run: (own: Db) => Promise<void>): Promise<Oddity[]> {
  try {
    // A savepoint: an error inside would otherwise make the outer transaction unusable.
    await tx.transaction(run)
    return []
  } catch (error) {
    if (isTransient(error)) throw error
    return [{ path: '', note: `not compared with Apple's documentation: ${rootMessage(error)}` }]
  }
}

type SentReport = {
  eventId: number
  device: DeviceRow
  trialId: string | null
  value: PlistValue
  /** When the device sent it. */
  at: Date
}

/** The same for a status report of declarative management. */
export async function checkStatusReport(tx: Db, sent: SentReport, now: Date): Promise<Oddity[]> {
  const { device, at, trialId, eventId, value } = sent
  return comparing(tx, async (own) => {
    const checked = detectInStatusReport({
      platform: device.platform,
      osVersion: await osVersionAt(own, device.id, at),
      report: value,
    })
    await store(own, { eventId, device, trialId, message: 'StatusReport', checked }, now)
  })
}

async function compare(tx: Db, answered: AnsweredCommand, now: Date): Promise<void> {
  const { eventId, command, device, plist, at } = answered
  const { requestType, trialId } = command
  const checked = detectContradictions({
    requestType,
    platform: device.platform,
    osVersion: await osVersionAt(tx, device.id, at),
    reply: plist,
    queries: queriesOf(command),
    resent: await whyResent(tx, answered),
  })
  await store(tx, { eventId, device, trialId, message: requestType, checked }, now)
}

type Checked = Pick<SentReport, 'eventId' | 'device' | 'trialId'> & {
  message: DocumentedMessage
  checked: CheckedReply
}

async function store(
  tx: Db,
  { eventId, device, trialId, message, checked }: Checked,
  now: Date,
): Promise<void> {
  const check = {
    rawEventId: eventId,
    deviceId: device.id,
    trialId,
    requestType: message,
    platform: device.platform,
    createdAt: now,
  } satisfies NewReplyCheck
  if (!checked.compared) {
    await insertReplyCheck(tx, { ...check, notCompared: checked.reason }, [])
    return
  }
  const { osVersion, documentation, judged, leftOut } = checked
  const found = checked.findings.filter(isContradiction).map((finding) => ({
    path: finding.path,
    kind: finding.kind,
    observed: finding.observed,
    expected: finding.expected,
    reason: finding.reason,
    fingerprint: fingerprintOf(message, finding),
    outOf: finding.outOf,
    cites: [...finding.cites],
    reported: [...finding.reported],
  }))
  await insertReplyCheck(tx, { ...check, osVersion, documentation, judged, leftOut }, found)
}

/** The OS version of the device when it answered: the newest reading at that moment; undefined if it was stale by then. */
async function osVersionAt(tx: Db, deviceId: string, at: Date): Promise<string | undefined> {
  const reading = await findReadingAt(tx, deviceId, 'osVersion', at)
  if (typeof reading?.value !== 'string') return undefined
  const { maxAges } = await getLabSettings(tx)
  const ageMinutes = (at.getTime() - reading.answeredAt.getTime()) / 60_000
  return ageMinutes <= maxAges.osVersion ? reading.value : undefined
}

/** The `Queries` array of the command that was sent; empty for every other command than DeviceInformation. */
function queriesOf({ requestType, plist }: PlistCommand): string[] {
  if (requestType !== 'DeviceInformation') return []
  const sent = readPlist(plist)
  const command =
    sent.ok && sent.value.type === 'dict' ? sent.value.entries.get('Command') : undefined
  const queries = command?.type === 'dict' ? command.entries.get('Queries') : undefined
  if (queries?.type !== 'array') return []
  return queries.items.flatMap((item) => (item.type === 'string' ? [item.value] : []))
}

/**
 * Why the device may have received this command once before and restarted without answering, which would explain
 * an answer without UpdateResults. Undefined if UpdateResults is present, or if the record shows no restart.
 */
async function whyResent(tx: Db, answered: AnsweredCommand): Promise<string | undefined> {
  const { command, reply, at } = answered
  const { trialId, sendingAt, slotOrdinal } = command
  if (reply.requestType !== 'ScheduleOSUpdate' || reply.results !== undefined) return undefined
  if (trialId === null || sendingAt === null) return undefined
  const since = (moment: Date) => moment >= sendingAt && moment <= at
  const seen = standing(await listObservations(tx, trialId))
  if (seen.some((one) => one.kind === 'rebooted' && since(one.at)))
    return 'The device was seen to restart after the command was sent'
  const trial = await findTrial(tx, trialId)
  if (trial?.endSeenAt && since(trial.endSeenAt))
    return 'The OS changed after the command was sent, which takes a restart'
  const earlier = await listCommandsOfTrial(tx, trialId)
  const silent = earlier.find(
    (one) =>
      one.purpose === 'intervention' &&
      (one.state === 'queued' || one.state === 'unconfirmed') &&
      one.answeredAt === null &&
      (one.slotOrdinal ?? 0) < (slotOrdinal ?? 0),
  )
  return silent && `Command ${silent.slotOrdinal} of the trial was sent and never answered`
}
