import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findSameEvent } from '@/lib/db/queries/events/raw-events'
import { countRedelivery } from '@/lib/db/queries/events/redeliveries'
import {
  type Command,
  countAnswer,
  insertCommandEvent,
  lockCommand,
  moveCommand,
  updateCommand,
} from '@/lib/db/queries/trials/commands'
import { lockTrial } from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/permissions'
import { isCommandUuid } from '@/lib/mdm/command'
import { matchingPayload } from '@/lib/mdm/event-payload'
import { otherRequestType } from '@/lib/mdm/other-answer'
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

/** Reads what a device says to a command. The device's row is locked by the caller. */
export async function readAnswer(tx: Db, reported: Answer, now: Date): Promise<EventResult> {
  const { event, device } = reported
  // Idle answers no command, whatever stands beside it.
  if (event.commandUuid === undefined || event.status === 'Idle')
    return {
      readState: 'read',
      kind: 'poll',
      deviceId: device.id,
      reason: 'a poll without a command',
    }
  // It may be NotNow, after which the server asks again: the command stays open.
  if (event.status === undefined)
    return {
      readState: 'unreadable',
      kind: 'answer',
      deviceId: device.id,
      reason: 'neither its envelope nor its payload names a status',
    }
  const command = await findOwnCommand(tx, event.commandUuid)
  if (command?.deviceId !== device.id) return readOthersAnswer(tx, reported, command, now)
  // No answer comes before its question, whatever the clock of the MDM server says.
  const sentAt = command.sendingAt
  const answer = sentAt && reported.at < sentAt ? { ...reported, at: sentAt } : reported
  const found = {
    deviceId: device.id,
    trialId: command.trialId ?? undefined,
    kind: 'answer',
  } as const
  const duplicateOf = await findDuplicate(tx, command, answer)
  if (duplicateOf !== undefined) {
    const same = `The same answer once more: ${event.status}`
    await noteRedelivery(tx, command, same, { at: answer.at, now })
    return { ...found, readState: 'duplicate', duplicateOf }
  }
  return { ...found, countedAsAnswer: true, ...(await readOwn(tx, answer, command, now)) }
}

/** To a command that this program never wrote for this device: nothing comes of it but, of an update, an alarm. */
async function readOthersAnswer(
  tx: Db,
  answer: Answer,
  command: Command | undefined,
  now: Date,
): Promise<EventResult> {
  const foreign = await holdForForeignUpdate(tx, answer, now)
  if (foreign) return { ...foreign, kind: 'foreignUpdate' }
  const { commandUuid } = answer.event
  // Another device answering our command is a sign of a forged or crossed event (F21).
  if (command) return unmatched(answer, `the command ${commandUuid} was written for another device`)
  const asked = otherRequestType(answer.plist)
  const about = asked === undefined ? 'nothing in it tells what was asked' : `it answers ${asked}`
  const reason = `this program never wrote a command with that CommandUUID, another one did: ${about}`
  return { ...unmatched(answer, reason), kind: 'otherAnswer' }
}

/** Counts the answer, by its envelope where its body cannot be read, and takes from it what can be read. */
async function readOwn(
  tx: Db,
  answer: Answer,
  command: Command,
  now: Date,
): Promise<Pick<EventResult, 'readState' | 'reason' | 'oddities' | 'trialId'>> {
  const { device, event, kept } = answer
  const plist = matchingPayload(event, answer.plist)
  const reply = plist.ok ? interpretReply(command.requestType, plist.value) : undefined
  // Read once more after the reader was mended: it has been counted, and is no second answer.
  if (!kept.countedAsAnswer) {
    if (event.status === 'NotNow') await noteNotNow(tx, command, answer, now)
    else await noteAnswer(tx, command, answer, reply, now)
  }
  const answered = { command, device, at: answer.at, rawEventId: kept.id }
  const oddities: Oddity[] = []
  let contradicted: Contradicted | undefined
  if (plist.ok && reply) {
    contradicted = await watchAnswer(tx, answer, plist.value, reply, now)
    oddities.push(...plist.oddities, ...reply.oddities)
    // What another device says is no reading of this one, and no sign of what its OS became.
    if (!contradicted)
      oddities.push(...(await recordAll(tx, answer, { command, reply, plist: plist.value }, now)))
  } else if (!plist.ok) await recordUnread(tx, answered, event.status, plist.reason)
  if (event.status !== 'NotNow' && !kept.countedAsAnswer) await queryNext(tx, command, device, now)
  return plist.ok
    ? { readState: 'read', oddities, ...linkOf(command, contradicted) }
    : { readState: 'unreadable', reason: plist.reason }
}

/** Readings, errors and what is not as Apple documents it; gives what could not be compared. */
async function recordAll(
  tx: Db,
  { device, kept, at }: Answer,
  { command, reply, plist }: { command: Command; reply: Reply; plist: PlistValue },
  now: Date,
): Promise<Oddity[]> {
  const answered = { command, device, reply, at }
  await recordReply(tx, { ...answered, rawEventId: kept.id }, now)
  await recordErrors(tx, { ...answered, rawEventId: kept.id })
  return checkReply(tx, { ...answered, eventId: kept.id, plist }, now)
}

/** An answer that tells of another device stands on the live trial too, where it asked for another or none. */
const linkOf = ({ trialId }: Command, contradicted: Contradicted | undefined) =>
  contradicted && {
    reason: contradicted.reason,
    trialId: trialId ?? contradicted.trialId,
  }

/** Every answer names its UDID; DeviceInformation names the rest of what tells which device it is. */
function watchAnswer(
  tx: Db,
  { kept, event, device, at }: Answer,
  plist: PlistValue,
  reply: Reply,
  now: Date,
) {
  const { enrollmentId } = event
  const head = { udid: textOf(under(rootOf(plist, []), 'UDID')) }
  const telling = { what: `An answer to ${reply.requestType}`, kept, enrollmentId, at }
  if (reply.requestType !== 'DeviceInformation')
    return watchIdentity(tx, device, [head], telling, now)
  const { serial, udid, modelIdentifier: model } = reply.identity
  return watchIdentity(tx, device, [head, { serial, udid, model }], telling, now)
}

/** Only what was answered can be answered twice. NotNow says the same each time, by design, and each one counts. */
async function findDuplicate(tx: Db, command: Command, { kept, event }: Answer) {
  const { commandUuid, status, enrollmentId, payloadSha256 } = event
  if (!command.answeredAt || commandUuid === undefined || status === undefined) return undefined
  if (status === 'NotNow') return undefined
  const { id, mdmServerId } = kept
  return findSameEvent(tx, { id, mdmServerId, enrollmentId, commandUuid, status, payloadSha256 })
}

async function findOwnCommand(tx: Db, commandUuid: string): Promise<Command | undefined> {
  return isCommandUuid(commandUuid) ? lockCommand(tx, commandUuid.toLowerCase()) : undefined
}

const unmatched = ({ device }: Answer, reason: string): EventResult => ({
  readState: 'unmatched',
  deviceId: device.id,
  reason,
})

/** NotNow leaves the command with the server, which hands it out again; the slot stays open. */
async function noteNotNow(tx: Db, command: Command, answer: Answer, now: Date): Promise<void> {
  await countAnswer(tx, command.commandUuid, 'notNowCount')
  await confirmQueued(tx, command, 'the device has answered NotNow')
  await note(tx, command, 'notNow', 'The device cannot do it now and will be asked again', {
    at: answer.at,
    now,
  })
}

async function noteAnswer(
  tx: Db,
  command: Command,
  answer: Answer,
  reply: Reply | undefined,
  now: Date,
): Promise<void> {
  await confirmQueued(tx, command, 'the device has answered it')
  const status = answer.event.status ?? reply?.statusText ?? ''
  if (command.answeredAt) {
    const text = `A second answer: ${status}. It may have been delivered more than once`
    await noteRedelivery(tx, command, text, { at: answer.at, now })
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
  await note(tx, command, 'answered', status, { at: answer.at, now })
}

/** What PostgreSQL's integer holds; an error code beyond it stays in the kept reply and the dictionary. */
const isInt4 = (code: number) => Math.abs(code) <= 2_147_483_647

/** The first answer after the answer stands in the record; the others are counted on one line. */
async function noteRedelivery(
  tx: Db,
  command: Command,
  text: string,
  when: { at: Date; now: Date },
): Promise<void> {
  const redelivery = await countRedelivery(tx, command.commandUuid, when.at)
  if (redelivery.times === 1) {
    await countAnswer(tx, command.commandUuid, 'answerCount')
    await note(tx, command, 'answeredAgain', text, when)
  }
  await markIfDue(tx, redelivery, when.now)
}

/** An answer is the evidence that settles an unconfirmed command: the server did have it. */
async function confirmQueued(tx: Db, command: Command, reason: string): Promise<void> {
  if (command.state !== 'unconfirmed') return
  await moveCommand(tx, command.commandUuid, ['unconfirmed'], { state: 'queued', reason })
}

async function note(
  tx: Db,
  command: Command,
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
