import { createHash, randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { touchDevices, touchServer } from '@/lib/db/queries/devices/last-contact'
import { insertRawEvents } from '@/lib/db/queries/events/raw-events'
import { type AnswerKey, findReadAnswers, keepRepeats } from '@/lib/db/queries/events/redeliveries'
import { sealBody } from '@/lib/db/queries/events/sealed-bodies'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { isCommandUuid } from '@/lib/mdm/command'
import { peekEnrollmentKey, peekIdle, readEvent } from '@/lib/mdm/event'
import { redactBody } from '@/lib/mdm/redact-body'

/**
 * A webhook body that its server has signed and when its request came. Whoever may try again makes the
 * receipt before the first try: a body is kept once for each receipt, however often that is tried.
 */
export type ReceivedEvent = { serverId: string; body: Uint8Array; at: Date; receipt?: string }

/** Keeps one body; see `keepEvents`. */
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
 * Commits webhook bodies as they came; only then may they be answered 200, for the server tries once and
 * keeps nothing (https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go#L143).
 * An idle poll of a known device, most of the traffic, only moves its "last seen"; an answer that was
 * read before is kept beside the record and counted. Gives for each body the id to read, or undefined
 * where there is nothing to read. All are kept or, when it throws, none may be answered 200.
 */
export async function keepEvents(
  db: Db,
  received: readonly ReceivedEvent[],
): Promise<(number | undefined)[]> {
  await receive(db, received)
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

/** In one transaction where there are secrets: the sealed body and the one without them stand or fall together. */
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

/** Longer answers are read first: what is looked at here holds up the webhook. */
const maxPeekedBytes = 65_536

/** Which of them say what was read before of a command that is answered: now kept as repeats and counted. */
async function keepKnownAnswers(
  db: Db,
  received: readonly ReceivedEvent[],
): Promise<Set<ReceivedEvent>> {
  const answers = received.flatMap((one) => {
    // What holds a secret is kept as an event, as only those are sealed.
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

/** NotNow says the same each time, by design, and each one counts. */
function answerKeyOf({ serverId, body }: ReceivedEvent): AnswerKey | undefined {
  const event = readEvent(body)
  if (!event.ok || event.kind !== 'acknowledge' || event.status === 'NotNow') return undefined
  const { enrollmentId, commandUuid, status, payloadSha256 } = event
  if (status === undefined || commandUuid === undefined || !isCommandUuid(commandUuid))
    return undefined
  return { mdmServerId: serverId, enrollmentId, commandUuid, status, payloadSha256 }
}

/** Which of them were idle polls of known devices, now noted as seen. */
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

// When each server was last written down as heard, in this process: hundreds of events a second must
// not ask the same row each time.
const lastContact = new Map<string, number>()

async function receive(db: Db, received: readonly ReceivedEvent[]): Promise<void> {
  for (const { serverId, at } of received) {
    const last = lastContact.get(serverId)
    if (last !== undefined && Math.abs(at.getTime() - last) < 10_000) continue
    await touchServer(db, serverId, at)
    lastContact.set(serverId, at.getTime())
  }
}
