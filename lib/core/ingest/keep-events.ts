import { createHash, randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { touchDevices, touchServer } from '@/lib/db/queries/devices/last-contact'
import { type AnswerKey, findReadAnswers, keepRepeats } from '@/lib/db/queries/events/redeliveries'
import { sealBody } from '@/lib/db/queries/events/sealed-bodies'
import { insertRawEvents } from '@/lib/db/queries/events/stored-bodies'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { isCommandUuid } from '@/lib/mdm/command'
import { peekEnrollmentKey, peekIdle, readEvent } from '@/lib/mdm/event'
import { redactBody } from '@/lib/mdm/redact-body'

/**
 * A webhook body with a valid signature, and when its request arrived. A caller that may retry creates `receipt`
 * before its first try: a body is stored once per receipt, however often the write is retried.
 */
export type ReceivedEvent = { serverId: string; body: Uint8Array; at: Date; receipt?: string }

/** Stores one body; see `keepEvents`. */
export async function keepEvent(
  db: Db,
  serverId: string,
  body: Uint8Array,
  at: Date,
): Promise<number | undefined> {
  const [id] = await keepEvents(db, [{ serverId, body, at }])
  return id
}

/**
 * Commits webhook bodies byte for byte. Only then may they be answered 200, because the server tries once and keeps
 * nothing (https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go#L143).
 * An idle poll of a known device, which is most of the traffic, only updates its last contact. An answer that was
 * read before is stored as a redelivery and counted.
 * @returns for each body the id of its event, or undefined if there is nothing to read
 * @throws if any of them could not be stored: then none may be answered 200
 */
export async function keepEvents(
  db: Db,
  received: readonly ReceivedEvent[],
): Promise<(number | undefined)[]> {
  await recordServerContact(db, received)
  const idle = await touchIdle(db, received)
  const repeats = await keepKnownAnswers(
    db,
    received.filter((one) => !idle.has(one)),
  )
  const rest = received.filter((one) => !idle.has(one) && !repeats.has(one))
  const ids = await keepRows(db, rest)
  const idOf = new Map(rest.map((one, index) => [one, ids[index]]))
  return received.map((one) => idOf.get(one))
}

/** If a body contains secrets, its sealed and its redacted form are written in one transaction, so that neither exists alone. */
async function keepRows(db: Db, received: readonly ReceivedEvent[]): Promise<number[]> {
  const shown = received.map(({ body }) => redactBody(body))
  const rows = received.map((one, i) => ({ ...asRow(one), body: shown[i] ?? one.body }))
  if (shown.every((body) => body === undefined)) return insertRawEvents(db, rows)
  return transact(db, systemActor, async (tx) => {
    const ids = await insertRawEvents(tx, rows)
    for (const [i, { body }] of received.entries()) {
      const id = ids[i]
      if (id !== undefined && shown[i] !== undefined) await sealBody(tx, id, body)
    }
    return ids
  })
}

const asRow = ({ serverId, body, at, receipt }: ReceivedEvent) => ({
  mdmServerId: serverId,
  receipt: receipt ?? randomUUID(),
  receivedAt: at,
  body,
  enrollmentKey: peekEnrollmentKey(body) ?? null,
  sha256: createHash('sha256').update(body).digest('hex'),
})

/** Longer answers are always stored as events, because parsing them here would delay the webhook's response. */
const maxPeekedBytes = 65_536

/** Stores and counts the answers that repeat an answer which was read before, and returns them. */
async function keepKnownAnswers(
  db: Db,
  received: readonly ReceivedEvent[],
): Promise<Set<ReceivedEvent>> {
  const answers = received.flatMap((one) => {
    // A body with a secret is stored as an event, because only events are sealed.
    const peeked = one.body.byteLength <= maxPeekedBytes && redactBody(one.body) === undefined
    const key = peeked ? answerKeyOf(one) : undefined
    return key ? [{ one, key }] : []
  })
  const ids = await findReadAnswers(
    db,
    answers.map(({ key }) => key),
  )
  const repeats = answers.flatMap(({ one, key }, index) => {
    const rawEventId = ids[index]
    return rawEventId === undefined ? [] : [{ one, key, rawEventId }]
  })
  for (const { one, key } of repeats)
    await touchDevices(db, one.serverId, [key.enrollmentId], one.at)
  await keepRepeats(
    db,
    repeats.map(({ one, key, rawEventId }) => ({
      ...asRow(one),
      rawEventId,
      commandUuid: key.commandUuid,
    })),
  )
  return new Set(repeats.map(({ one }) => one))
}

/** Undefined for NotNow: its repeats are equal by design, and each of them counts. */
function answerKeyOf({ serverId, body }: ReceivedEvent): AnswerKey | undefined {
  const event = readEvent(body)
  if (!event.ok || event.kind !== 'acknowledge' || event.status === 'NotNow') return undefined
  const { enrollmentId, commandUuid, status, payloadSha256 } = event
  if (status === undefined || commandUuid === undefined || !isCommandUuid(commandUuid))
    return undefined
  return { mdmServerId: serverId, enrollmentId, commandUuid, status, payloadSha256 }
}

/** Updates the last contact of known devices that polled idly, and returns those polls. */
async function touchIdle(db: Db, received: readonly ReceivedEvent[]): Promise<Set<ReceivedEvent>> {
  const touched = new Set<ReceivedEvent>()
  const polls = received.flatMap((one) => {
    const poll = peekIdle(one.body)
    return poll ? [{ one, enrollmentId: poll.enrollmentId }] : []
  })
  for (const [serverId, ofServer] of Map.groupBy(polls, ({ one }) => one.serverId)) {
    const ids = ofServer.map(({ enrollmentId }) => enrollmentId)
    const at = new Date(Math.max(...ofServer.map(({ one }) => one.at.getTime())))
    const known = new Set(await touchDevices(db, serverId, ids, at))
    for (const { one, enrollmentId } of ofServer) if (known.has(enrollmentId)) touched.add(one)
  }
  return touched
}

// When this process last stored a contact of each server: hundreds of events a second must not each update the
// server's row.
const lastContact = new Map<string, number>()

async function recordServerContact(db: Db, received: readonly ReceivedEvent[]): Promise<void> {
  for (const { serverId, at } of received) {
    const last = lastContact.get(serverId)
    if (last !== undefined && Math.abs(at.getTime() - last) < 10_000) continue
    await touchServer(db, serverId, at)
    lastContact.set(serverId, at.getTime())
  }
}
