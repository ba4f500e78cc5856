import { createHash } from 'node:crypto'
import { z } from 'zod'
import { documentedStatus } from './reply-header'
import { holdsUserKey } from './user-channel'

/** What NanoMDM's webhook says about one request of one device. */
type EventHead = {
  ok: true
  topic: string
  eventId?: string
  /** Undefined where the server wrote none, or none that is a time: it was then received at its time. */
  createdAt?: Date
}

/** A check-in, or a device that connected to report and to ask for work. */
export type DeviceEvent = EventHead & {
  kind: 'acknowledge' | 'checkin'
  enrollmentId: string
  /** `Device`, `User`, `Shared iPad` …; undefined where the server does not tell (MicroMDM). */
  enrollmentType?: string
  /** The device of a user channel, where the server names it. */
  parentId?: string
  udid?: string
  /** Only of `acknowledge`; as Apple writes it where it is a documented one. Undefined where the envelope names none. */
  status?: string
  /** Only of `acknowledge`, absent in an Idle poll. Not always a UUID: see `isCommandUuid`. */
  commandUuid?: string
  /** Only of TokenUpdate. */
  tokenUpdateTally?: number
  /** Empty where `payloadProblem` tells why there are no such bytes. */
  rawPayload: Uint8Array
  /** The envelope still says which command was answered, and how. */
  payloadProblem?: string
  /** Hex; with enrollment ID, CommandUUID and status it tells a repeated event (event_id does not). */
  payloadSha256: string
}

/** A topic this program does not know: kept, never guessed at. */
type OtherEvent = EventHead & { kind: 'other' }

export type EventReading = DeviceEvent | OtherEvent | { ok: false; reason: string }

/** An Idle poll: the device was there and had nothing to say. */
export type IdlePoll = { enrollmentId: string; createdAt: Date }

// PostgreSQL's text refuses NUL, and its jsonb lone surrogates; an identifier holds neither.
const word = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'control characters or broken text')

/** What a server has nothing to say in: left out by NanoMDM, `null` or empty where it was passed on by another program. */
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

/** Reads a webhook body. Never throws: what cannot be read says why, and the bytes are kept elsewhere. */
export function readEvent(body: Uint8Array): EventReading {
  const json = parseJson(body)
  if (!json.ok) return json
  const any = anyEvent.safeParse(json.value)
  if (!any.success) return { ok: false, reason: problemOf(any.error) }
  if (any.data.topic === 'mdm.Connect') return readConnect(json.value)
  if (checkinTopics.safeParse(any.data.topic).success) return readCheckinEvent(json.value)
  // An answer under a topic of a later server is one by its form, and its command would stay open.
  const answer = readConnect(json.value)
  if (answer.ok && answer.kind === 'acknowledge' && answer.commandUuid !== undefined) return answer
  return { ...headOf(any.data), kind: 'other' }
}

/** True for a poll that reports on no command. */
export function isIdle(event: EventReading): boolean {
  if (!event.ok || event.kind !== 'acknowledge') return false
  return event.status === 'Idle' && event.commandUuid === undefined
}

/**
 * The cheap path for most of the traffic: tells an Idle poll by its envelope, without decoding the
 * payload. Undefined for anything larger or stranger, which then takes the whole way of `readEvent`.
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
  // Of a user's channel the whole way is gone: it is no sign of the device.
  if (holdsUserKey(Buffer.from(acknowledge_event.raw_payload, 'base64'))) return undefined
  return enrollmentId === undefined ? undefined : { enrollmentId, createdAt: new Date(created_at) }
}

const naming = z.object({ ...device })
const envelope = z.object({
  acknowledge_event: naming.optional().catch(undefined),
  checkin_event: naming.optional().catch(undefined),
})

/**
 * The enrollment ID of the device an event is about; of a user channel the device it belongs to.
 * Undefined where the envelope names none. Never throws, whatever the body is.
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

/** The device's own bytes; without them the event is still one, and its text is told apart by its hash. */
function readPayload(given: unknown): Payload {
  const text = typeof given === 'string' ? given : ''
  const bytes = Buffer.from(text, 'base64')
  const sha256 = (of: string | Uint8Array) => createHash('sha256').update(of).digest('hex')
  // Buffer ignores what is not base64, so only text that survives the way back was standard base64.
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
    // ignoreBOM keeps the mark, and JSON allows none: such a body is not NanoMDM's.
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
 * Events are ordered by the MDM server's clock, not by arrival; where that clock is plainly wrong (in
 * the future, or more than a day before we received it), by ours.
 */
export function eventTime(kept: { receivedAt: Date }, event: { createdAt?: Date }): Date {
  if (!event.createdAt) return kept.receivedAt
  const skewMs = kept.receivedAt.getTime() - event.createdAt.getTime()
  return skewMs < -60_000 || skewMs > 86_400_000 ? kept.receivedAt : event.createdAt
}
