import { createHash } from 'node:crypto'
import { z } from 'zod'
import { holdsUserKey } from './enrollment'
import { documentedStatus } from './reply-header'

/** What every webhook event says. */
type EventHead = {
  ok: true
  topic: string
  eventId?: string
  /** Undefined if the server sent none or no valid time; `eventTime` then gives the time of receipt. */
  createdAt?: Date
}

/** A check-in, or a connect: the device reports on a command and asks for the next one. */
export type DeviceEvent = EventHead & {
  kind: 'acknowledge' | 'checkin'
  enrollmentId: string
  /** `Device`, `User`, `Shared iPad` …; undefined if the server does not say (MicroMDM). */
  enrollmentType?: string
  /** The device of a user channel, if the server names it. */
  parentId?: string
  udid?: string
  /** Of `acknowledge` only; in Apple's spelling if it is documented. Undefined if the envelope has none. */
  status?: string
  /** Of `acknowledge` only, absent in an Idle poll. Not always a UUID: see `isCommandUuid`. */
  commandUuid?: string
  /** Of TokenUpdate only. */
  tokenUpdateTally?: number
  /** The device's own bytes; empty if `payloadProblem` is set. */
  rawPayload: Uint8Array
  /** Why there are no payload bytes. The envelope still says which command was answered, and how. */
  payloadProblem?: string
  /** Hex; identifies a repeated event together with enrollment ID, CommandUUID and status (event_id does not). */
  payloadSha256: string
}

/** An event with a topic that this version does not know: stored, not interpreted. */
type OtherEvent = EventHead & { kind: 'other' }

export type EventReading = DeviceEvent | OtherEvent | { ok: false; reason: string }

/** An Idle poll: the device connected and had nothing to report. */
export type IdlePoll = { enrollmentId: string; createdAt: Date }

// PostgreSQL's text refuses NUL, and its jsonb lone surrogates; an identifier holds neither.
const word = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'control characters or broken text')

/** A field without a value: NanoMDM leaves it out; another program that passed the event on may write `null` or "". */
const none = (value: unknown) => (value === null || value === '' ? undefined : value)
const maybe = z.preprocess(none, word.optional()).optional()

const payload = z.unknown().transform(readPayload)

// The envelope: https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/event.json
const head = {
  event_id: word.optional().catch(undefined),
  created_at: z.iso.datetime({ offset: true }).transform(toTime).optional().catch(undefined),
}
const ids = z.object({ id: maybe, type: maybe, parent_id: maybe })
const device = {
  udid: maybe,
  enrollment_id: maybe,
  ids: z.preprocess(none, ids.optional()).optional(),
}

const acknowledge = z.object({
  ...device,
  raw_payload: payload,
  status: maybe,
  command_uuid: maybe,
})
const checkin = z.object({
  ...device,
  raw_payload: payload,
  token_update_tally: z.int().nonnegative().optional().catch(undefined),
})
const checkinTopics = z.enum([
  'mdm.Authenticate',
  'mdm.TokenUpdate',
  'mdm.CheckOut',
  'mdm.UserAuthenticate',
  'mdm.SetBootstrapToken',
  'mdm.GetBootstrapToken',
  'mdm.DeclarativeManagement',
  'mdm.GetToken',
])
const anyEvent = z.object({ ...head, topic: word })
const connectEvent = anyEvent.extend({ acknowledge_event: acknowledge })
const checkinEvent = anyEvent.extend({ topic: checkinTopics, checkin_event: checkin })
const idlePoll = z.object({
  ...head,
  created_at: z.iso.datetime({ offset: true }),
  topic: z.literal('mdm.Connect'),
  acknowledge_event: z.object({
    ...device,
    status: z.literal('Idle'),
    raw_payload: z.string().min(1),
    command_uuid: z.never().optional(),
  }),
})

/** Reads a webhook body. Never throws: the reading of a body that cannot be read says why. */
export function readEvent(body: Uint8Array): EventReading {
  const json = parseJson(body)
  if (!json.ok) return json
  const any = anyEvent.safeParse(json.value)
  if (!any.success) return { ok: false, reason: problemOf(any.error) }
  if (any.data.topic === 'mdm.Connect') return readConnect(json.value)
  if (checkinTopics.safeParse(any.data.topic).success) return readCheckinEvent(json.value)
  // A later server may send answers under a new topic. Without reading them by their form, commands would stay open.
  const answer = readConnect(json.value)
  if (answer.ok && answer.kind === 'acknowledge' && answer.commandUuid !== undefined) return answer
  return { ...headOf(any.data), kind: 'other' }
}

/** Whether an event is a poll that reports on no command. */
export function isIdle(event: EventReading): boolean {
  if (!event.ok || event.kind !== 'acknowledge') return false
  return event.status === 'Idle' && event.commandUuid === undefined
}

/**
 * The fast path for most of the traffic: recognises an Idle poll by its envelope, without parsing the payload.
 * Undefined for anything larger or unusual, which `readEvent` then reads.
 * NanoMDM copies `status` from the payload and leaves empty values out:
 * https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/event.json
 */
export function peekIdle(body: Uint8Array): IdlePoll | undefined {
  if (body.byteLength > 2048) return undefined
  const json = parseJson(body)
  if (!json.ok) return undefined
  const poll = idlePoll.safeParse(json.value)
  if (!poll.success) return undefined
  const { acknowledge_event, created_at } = poll.data
  const enrollmentId = idOf(acknowledge_event)
  // A poll of a user channel says nothing about the device; `readEvent` and `userChannelOf` tell it apart.
  if (holdsUserKey(Buffer.from(acknowledge_event.raw_payload, 'base64'))) return undefined
  return enrollmentId === undefined ? undefined : { enrollmentId, createdAt: new Date(created_at) }
}

const naming = z.object({ ...device })
const envelope = z.object({
  acknowledge_event: naming.optional().catch(undefined),
  checkin_event: naming.optional().catch(undefined),
})

/**
 * The enrollment ID of the device that an event is about; for a user channel, of the device it belongs to.
 * Undefined if the envelope names none. Never throws, whatever the body is.
 */
export function peekEnrollmentKey(body: Uint8Array): string | undefined {
  const json = parseJson(body)
  const read = json.ok ? envelope.safeParse(json.value) : undefined
  if (!read?.success) return undefined
  const event = read.data.acknowledge_event ?? read.data.checkin_event
  return event && enrollmentKeyOf(event)
}

/** A user channel is `<device>:<user>`, or names its parent: https://github.com/micromdm/nanomdm/blob/1d5fcf4/mdm/type.go */
const enrollmentKeyOf = (event: NamesDevice): string | undefined =>
  event.ids?.parent_id ?? idOf(event)?.split(':')[0]

function readConnect(json: unknown): EventReading {
  const read = connectEvent.safeParse(json)
  if (!read.success) return { ok: false, reason: problemOf(read.error) }
  const { acknowledge_event: event } = read.data
  const about = aboutDevice(event)
  if (!about) return { ok: false, reason: 'the event names no device' }
  return {
    ...headOf(read.data),
    ...about,
    kind: 'acknowledge',
    ...(event.status !== undefined && {
      status: documentedStatus(event.status) ?? event.status,
    }),
    ...(event.command_uuid !== undefined && { commandUuid: event.command_uuid }),
  }
}

function readCheckinEvent(json: unknown): EventReading {
  const read = checkinEvent.safeParse(json)
  if (!read.success) return { ok: false, reason: problemOf(read.error) }
  const { checkin_event: event } = read.data
  const about = aboutDevice(event)
  if (!about) return { ok: false, reason: 'the event names no device' }
  const tally = event.token_update_tally
  return {
    ...headOf(read.data),
    ...about,
    kind: 'checkin',
    ...(tally !== undefined && { tokenUpdateTally: tally }),
  }
}

const headOf = (event: z.infer<typeof anyEvent>): EventHead => ({
  ok: true,
  topic: event.topic,
  ...(event.created_at !== undefined && { createdAt: event.created_at }),
  ...(event.event_id !== undefined && { eventId: event.event_id }),
})

type NamesDevice = Pick<z.infer<typeof acknowledge>, 'ids' | 'enrollment_id' | 'udid'>

/** MicroMDM sends no `ids`: https://github.com/micromdm/micromdm/blob/c4878e2/workflow/webhook/acknowledge.go */
const idOf = ({ ids, enrollment_id, udid }: NamesDevice): string | undefined =>
  ids?.id ?? enrollment_id ?? udid

const aboutDevice = (event: z.infer<typeof checkin> | z.infer<typeof acknowledge>) => {
  const enrollmentId = idOf(event)
  if (enrollmentId === undefined) return undefined
  return {
    enrollmentId,
    ...(event.ids?.type !== undefined && { enrollmentType: event.ids.type }),
    ...(event.ids?.parent_id !== undefined && { parentId: event.ids.parent_id }),
    ...(event.udid !== undefined && { udid: event.udid }),
    ...event.raw_payload,
  }
}

type Payload = Pick<DeviceEvent, 'rawPayload' | 'payloadProblem' | 'payloadSha256'>

/** Decodes raw_payload. An event without a usable one is still read; the hash of its text identifies it. */
function readPayload(given: unknown): Payload {
  const text = typeof given === 'string' ? given : ''
  const bytes = Buffer.from(text, 'base64')
  const sha256 = (of: string | Uint8Array) => createHash('sha256').update(of).digest('hex')
  // Buffer ignores what is not base64, so only a text that encodes back to itself was standard base64.
  if (text !== '' && bytes.toString('base64') === text)
    return { rawPayload: Uint8Array.from(bytes), payloadSha256: sha256(bytes) }
  const payloadProblem =
    text === '' ? 'the event has no raw_payload' : 'its raw_payload is not standard base64'
  return { rawPayload: new Uint8Array(), payloadProblem, payloadSha256: sha256(text) }
}

function toTime(text: string): Date | undefined {
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? undefined : time
}

const parseJson = (
  body: Uint8Array,
): { ok: true; value: unknown } | { ok: false; reason: string } => {
  if (body.byteLength === 0) return { ok: false, reason: 'the body is empty' }
  try {
    // ignoreBOM keeps a byte order mark in the text, so that JSON.parse refuses it; NanoMDM sends none.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, reason: 'the body is not JSON in UTF-8' }
  }
}

const problemOf = (error: z.ZodError): string => {
  const [issue] = error.issues
  const path = issue?.path.join('.') || 'the body'
  return `${path}: ${issue?.message ?? 'not as an MDM server writes it'}`
}

/**
 * The time by which events are ordered: that of the MDM server, as events may arrive out of order; the time of
 * receipt if the server's clock is plainly wrong (over a minute ahead, or over a day behind).
 */
export function eventTime(kept: { receivedAt: Date }, event: { createdAt?: Date }): Date {
  if (!event.createdAt) return kept.receivedAt
  const skewMs = kept.receivedAt.getTime() - event.createdAt.getTime()
  return skewMs < -60_000 || skewMs > 86_400_000 ? kept.receivedAt : event.createdAt
}
