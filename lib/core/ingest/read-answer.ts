import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findSameEvent } from '@/lib/db/queries/events/raw-events'
import { countRedelivery } from '@/lib/db/queries/events/redeliveries'
import {
  countAnswer,
  insertCommandEvent,
  isPlistCommand,
  lockCommand,
  moveCommand,
  type PlistCommand,
  updateCommand,
} from '@/lib/db/queries/trials/commands'
import { lockTrial } from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/permissions'
import { isCommandUuid } from '@/lib/mdm/command'
import { matchingPayload } from '@/lib/mdm/event-payload'
import { otherRequestType } from '@/lib/mdm/foreign-reply'
import type { Oddity, PlistValue } from '@/lib/mdm/plist/value'
import { rootOf, textOf, under } from '@/lib/mdm/plist-fields'
import { interpretReply } from '@/lib/mdm/reply'
import type { Reply } from '@/lib/mdm/reply-types'
import { advanceTrial } from '../kernel/advance-trial'
import { queryNext } from '../release/next-queries'
import { checkReply } from './check-reply'
import type { EventInput, EventResult } from './event-result'
import { holdForForeignUpdate } from './hold-for-foreign-update'
import { markIfDue } from './mark-redelivery'
import { recordErrors, recordReply, recordUnread } from './record-reply'
import { type Contradicted, watchIdentity } from './watch-identity'

type Answer = EventInput & { device: DeviceRow }

/** Reads a device's answer to a command. The caller has locked the device's row. */
export async function readAnswer(tx: Db, reported: Answer, now: Date): Promise<EventResult> {
  const { event, device } = reported
  // Idle answers no command, even if the message names one.
  if (event.commandUuid === undefined || event.status === 'Idle')
    return {
      readState: 'read',
      kind: 'poll',
      deviceId: device.id,
      reason: 'a poll without a command',
    }
  // It may be a NotNow, after which the server delivers the command again: the command stays open.
  if (event.status === undefined)
    return {
      readState: 'unreadable',
      kind: 'answer',
      deviceId: device.id,
      reason: 'neither its envelope nor its payload names a status',
    }
  const command = await findOwnCommand(tx, event.commandUuid)
  if (command?.deviceId !== device.id) return readForeignAnswer(tx, reported, command, now)
  // An answer cannot be older than its command: the clock of the MDM server is wrong then.
  const sentAt = command.sendingAt
  const answer = sentAt && reported.at < sentAt ? { ...reported, at: sentAt } : reported
  const found = {
    deviceId: device.id,
    trialId: command.trialId ?? undefined,
    kind: 'answer',
  } as const
  const duplicateOf = await findDuplicate(tx, command, answer)
  if (duplicateOf !== undefined) {
    const same = `The same answer again: ${event.status}`
    await recordRedelivery(tx, command, same, { at: answer.at, now })
    return { ...found, readState: 'duplicate', duplicateOf }
  }
  return { ...found, countedAsAnswer: true, ...(await readOwn(tx, answer, command, now)) }
}

/** Reads an answer to a command that this program never wrote for this device. It changes nothing, except that one to an update command raises an alarm. */
async function readForeignAnswer(
  tx: Db,
  answer: Answer,
  command: PlistCommand | undefined,
  now: Date,
): Promise<EventResult> {
  const foreign = await holdForForeignUpdate(tx, answer, now)
  if (foreign) return { ...foreign, kind: 'foreignUpdate' }
  const { commandUuid } = answer.event
  // Another device that answers our command points to a forged or misdirected event (F21).
  if (command) return unmatched(answer, `command ${commandUuid} was written for another device`)
  const requestType = otherRequestType(answer.plist)
  const about =
    requestType === undefined ? 'it does not show which request' : `it answers ${requestType}`
  const reason = `another program wrote the command with this CommandUUID: ${about}`
  return { ...unmatched(answer, reason), kind: 'otherAnswer' }
}

/** Counts the answer and stores what can be read from it. If its payload cannot be read, the envelope's status counts. */
async function readOwn(
  tx: Db,
  answer: Answer,
  command: PlistCommand,
  now: Date,
): Promise<Pick<EventResult, 'readState' | 'reason' | 'oddities' | 'trialId'>> {
  const { device, event, kept } = answer
  const plist = matchingPayload(event, answer.plist)
  const reply = plist.ok ? interpretReply(command.requestType, plist.value) : undefined
  // An event that is reprocessed after the parser was fixed has been counted already.
  if (!kept.countedAsAnswer) {
    if (event.status === 'NotNow') await recordNotNow(tx, command, answer, now)
    else await recordAnswer(tx, command, answer, reply, now)
  }
  const answered = { command, device, at: answer.at, rawEventId: kept.id }
  const oddities: Oddity[] = []
  let contradicted: Contradicted | undefined
  if (plist.ok && reply) {
    contradicted = await watchAnswerIdentity(tx, answer, plist.value, reply, now)
    oddities.push(...plist.oddities, ...reply.oddities)
    // An answer of another device contains no readings of this one, and does not show its OS.
    if (!contradicted)
      oddities.push(...(await recordAll(tx, answer, { command, reply, plist: plist.value }, now)))
  } else if (!plist.ok) await recordUnread(tx, answered, event.status, plist.reason)
  if (event.status !== 'NotNow' && !kept.countedAsAnswer) await queryNext(tx, command, device, now)
  return plist.ok
    ? { readState: 'read', oddities, ...linkOf(command, contradicted) }
    : { readState: 'unreadable', reason: plist.reason }
}

/** Stores readings, errors and contradictions with Apple's documentation. @returns parser warnings */
async function recordAll(
  tx: Db,
  { device, kept, at }: Answer,
  { command, reply, plist }: { command: PlistCommand; reply: Reply; plist: PlistValue },
  now: Date,
): Promise<Oddity[]> {
  const answered = { command, device, reply, at }
  await recordReply(tx, { ...answered, rawEventId: kept.id }, now)
  await recordErrors(tx, { ...answered, rawEventId: kept.id })
  return checkReply(tx, { ...answered, eventId: kept.id, plist }, now)
}

/** Links an answer that came from another device to the live trial too, if its command belongs to another trial or none. */
const linkOf = ({ trialId }: PlistCommand, contradicted: Contradicted | undefined) =>
  contradicted && {
    reason: contradicted.reason,
    trialId: trialId ?? contradicted.trialId,
  }

/** Compares the identifiers in an answer with those of the device. Every answer names the UDID, DeviceInformation also the others. */
function watchAnswerIdentity(
  tx: Db,
  { kept, event, device, at }: Answer,
  plist: PlistValue,
  reply: Reply,
  now: Date,
) {
  const { enrollmentId } = event
  const head = { udid: textOf(under(rootOf(plist, []), 'UDID')) }
  const message = { what: `An answer to ${reply.requestType}`, kept, enrollmentId, at }
  if (reply.requestType !== 'DeviceInformation')
    return watchIdentity(tx, device, [head], message, now)
  const { serial, udid, modelIdentifier: model, imei, meid } = reply.identity
  return watchIdentity(tx, device, [head, { serial, udid, model, imei, meid }], message, now)
}

/** The event that this answer repeats. A NotNow never repeats another: they are equal by design, and each of them counts. */
async function findDuplicate(tx: Db, command: PlistCommand, { kept, event }: Answer) {
  const { commandUuid, status, enrollmentId, payloadSha256 } = event
  if (!command.answeredAt || commandUuid === undefined || status === undefined) return undefined
  if (status === 'NotNow') return undefined
  const { id, mdmServerId } = kept
  return findSameEvent(tx, { id, mdmServerId, enrollmentId, commandUuid, status, payloadSha256 })
}

async function findOwnCommand(tx: Db, commandUuid: string): Promise<PlistCommand | undefined> {
  if (!isCommandUuid(commandUuid)) return undefined
  const command = await lockCommand(tx, commandUuid.toLowerCase())
  // A declaration is not answered: what names its CommandUUID is somebody else's.
  return command && isPlistCommand(command) ? command : undefined
}

const unmatched = ({ device }: Answer, reason: string): EventResult => ({
  readState: 'unmatched',
  deviceId: device.id,
  reason,
})

/** After NotNow the MDM server delivers the command again; it stays open. */
async function recordNotNow(
  tx: Db,
  command: PlistCommand,
  answer: Answer,
  now: Date,
): Promise<void> {
  await countAnswer(tx, command.commandUuid, 'notNowCount')
  await confirmQueued(tx, command, 'the device has answered NotNow')
  await addEvent(
    tx,
    command,
    'notNow',
    'The device cannot do it now; the MDM server delivers it again',
    {
      at: answer.at,
      now,
    },
  )
}

async function recordAnswer(
  tx: Db,
  command: PlistCommand,
  answer: Answer,
  reply: Reply | undefined,
  now: Date,
): Promise<void> {
  await confirmQueued(tx, command, 'the device has answered it')
  const status = answer.event.status ?? reply?.statusText ?? ''
  if (command.answeredAt) {
    const text = `A second answer: ${status}. It may have been delivered more than once`
    await recordRedelivery(tx, command, text, { at: answer.at, now })
    return
  }
  const first = reply?.errorChain[0]
  await updateCommand(tx, command.commandUuid, {
    answerCount: 1,
    answeredAt: answer.at,
    answerStatus: status,
    answerErrorDomain: first?.domain ?? null,
    answerErrorCode: first?.code !== undefined && isInt4(first.code) ? first.code : null,
  })
  await addEvent(tx, command, 'answered', status, { at: answer.at, now })
}

/** Whether the code fits PostgreSQL's integer; a larger one is found in the stored reply and the error dictionary. */
const isInt4 = (code: number) => Math.abs(code) <= 2_147_483_647

/** The first answer after the one that counts gets an event of its own; further ones are only counted. */
async function recordRedelivery(
  tx: Db,
  command: PlistCommand,
  text: string,
  when: { at: Date; now: Date },
): Promise<void> {
  const redelivery = await countRedelivery(tx, command.commandUuid, when.at)
  if (redelivery.times === 1) {
    await countAnswer(tx, command.commandUuid, 'answerCount')
    await addEvent(tx, command, 'answeredAgain', text, when)
  }
  await markIfDue(tx, redelivery, when.now)
}

/** An answer settles an unconfirmed command: it proves that the MDM server had it. */
async function confirmQueued(tx: Db, command: PlistCommand, reason: string): Promise<void> {
  if (command.state !== 'unconfirmed') return
  await moveCommand(tx, command.commandUuid, ['unconfirmed'], { state: 'queued', reason })
}

async function addEvent(
  tx: Db,
  command: PlistCommand,
  kind: string,
  text: string,
  { at, now }: { at: Date; now: Date },
): Promise<void> {
  const byName = systemActor.name
  await insertCommandEvent(tx, { commandUuid: command.commandUuid, kind, at, byName, text })
  if (kind !== 'answeredAgain' || command.purpose !== 'intervention' || !command.trialId) return
  const trial = await lockTrial(tx, command.trialId)
  if (trial?.state === 'observing')
    await advanceTrial(
      tx,
      trial,
      { kind: 'recorded', text: `Command ${command.slotOrdinal}: ${text}` },
      systemActor,
      now,
    )
}
