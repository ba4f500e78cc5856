import { createHmac, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** What goes wrong on the way to the receiver; nothing if left out. */
type PostHabit = {
  /** Added to created_at. */
  skewMs?: number | undefined
  twice?: boolean | undefined
  /** Delayed, so that the next event overtakes it; created_at is not changed. */
  overtaken?: boolean | undefined
}

/** An event of NanoMDM's webhook. `payload` is the device's plist. */
export type LabEvent = {
  enrollmentId: string
  payload: string | Uint8Array
  habit?: PostHabit | undefined
} & (
  | { topic: 'mdm.Connect'; status: string; commandUuid?: string | undefined }
  | { topic: 'mdm.Authenticate' }
  | { topic: 'mdm.TokenUpdate'; tally: number }
  | { topic: 'mdm.DeclarativeManagement' }
)

/** The time and ID of an event; `createdAtNs` is real time in ns since 1970. */
export type EventStamp = { createdAtNs: bigint; eventId: string }

/** RFC 3339 with up to nine fraction digits and no trailing zeros, as Go writes it. */
export function goTimestamp(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)
  const fraction = (ns % 1_000_000_000n)
    .toString()
    .padStart(9, '0')
    .replace(/(?<!0)0+$/, '')
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`
}

const detailOf = (event: LabEvent) => {
  const common = {
    ids: { id: event.enrollmentId, type: 'Device' },
    raw_payload: Buffer.from(event.payload).toString('base64'),
  }
  const udid = event.enrollmentId
  if (event.topic === 'mdm.Connect')
    return {
      acknowledge_event: {
        command_uuid: event.commandUuid,
        ...common,
        status: event.status,
        udid,
      },
    }
  const token_update_tally = event.topic === 'mdm.TokenUpdate' ? event.tally : undefined
  return { checkin_event: { ...common, token_update_tally, udid } }
}

/**
 * The body that NanoMDM v0.9.0 posts, byte for byte: keys in the order of Go's encoder, empty ones left out.
 * https://github.com/micromdm/nanomdm/blob/v0.9.0/service/webhook/event.json
 */
export function webhookBody(event: LabEvent, { createdAtNs, eventId }: EventStamp): string {
  return JSON.stringify({
    ...detailOf(event),
    created_at: goTimestamp(createdAtNs),
    event_id: eventId,
    topic: event.topic,
  })
}

/** `X-Hmac-Signature`: standard base64 of HMAC-SHA-256 over the exact body. */
export const webhookSignature = (key: string, body: string) =>
  createHmac('sha256', key).update(body).digest('base64')

/**
 * Real time in ns that increases with every call, as events are ordered by it and a whole session can happen within one
 * ms.
 */
export function createStamps(realNow: () => number): () => EventStamp {
  let last = 0n
  return () => {
    const now = BigInt(Math.floor(realNow())) * 1_000_000n
    last = now > last ? now : last + 7_013n
    return { createdAtNs: last, eventId: randomBytes(8).toString('hex') }
  }
}

/** One POST; resolves with the status, rejects when there was none. Redirects are not followed. */
const post = (url: URL, headers: Record<string, string>, body: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    // A new connection, as a kept-alive one that the receiver has just closed would lose the event.
    const request = send(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })

export type WebhookOptions = {
  url: string
  hmacKey?: string | undefined
  realNow: () => number
  log: (line: string) => void
}

/** Real ms by which an overtaken event is delayed, longer than a session of the virtual lab takes. */
const overtakenMs = 250

/**
 * Sends each event once: nothing is stored or repeated, and any answer but 200 is one line in the log.
 * https://github.com/micromdm/nanomdm/blob/v0.9.0/service/webhook/service.go
 */
export function createWebhook({ url, hmacKey, realNow, log }: WebhookOptions) {
  const stamp = createStamps(realNow)
  return async (event: LabEvent): Promise<void> => {
    const { createdAtNs, eventId } = stamp()
    const { skewMs = 0, twice, overtaken } = event.habit ?? {}
    const skewed = createdAtNs + BigInt(skewMs) * 1_000_000n
    const body = webhookBody(event, { createdAtNs: skewed, eventId })
    const headers: Record<string, string> = {
      'User-Agent': 'Go-http-client/1.1',
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
    }
    if (hmacKey !== undefined) headers['X-Hmac-Signature'] = webhookSignature(hmacKey, body)
    if (overtaken) await new Promise((resolve) => setTimeout(resolve, overtakenMs))
    for (let copies = twice ? 2 : 1; copies > 0; copies--) {
      const said = await post(new URL(url), headers, body).catch((error: Error) => error.message)
      if (said !== 200)
        log(`webhook: ${event.topic} of ${event.enrollmentId} was not taken: ${said}`)
    }
  }
}
