import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ReceivedEvent } from '@/lib/core/ingest/keep-events'
import type { MdmServer } from '@/lib/db/queries/servers/servers'
import { serverTraits } from '@/lib/mdm/server-kinds'
import { isSigned, isWebhookToken } from '@/lib/mdm/webhook-proof'
import type { HeldBodies } from './body-budgets'
import { readLimitedBody } from './body-budgets'
import { answerUnread } from './bound-body'
import type { Forgeries } from './forgeries'

/** What receiving a webhook depends on, passed in so that a test can make any of it fail. */
export type Receiving = {
  findServer(slug: string): Promise<MdmServer | undefined>
  /** Resolves once the body is committed; a body with the same receipt is stored once. */
  keep(received: ReceivedEvent): Promise<unknown>
  report(error: unknown): void
  clock(): Date
  /** Called for each body that was lost, so that the observation gap gets into the record. */
  missed?(slug: string, from: Date, to: Date): void
  /** How long a request is held while the database is down, in ms; by default not at all. */
  holdMs?: number
  /** The memory budget for the bodies of all requests together; by default unlimited. */
  bodies?: HeldBodies
  /** Counts wrong signatures for each sender; by default nothing is counted. */
  forgeries?: Forgeries
  /** The network address of the sender; by default that of the connection. */
  senderOf?(request: IncomingMessage): string
}

/** The slug in the target of a webhook request, with or without a trailing slash or query. */
export function webhookSlug(target: string | undefined): string | undefined {
  return /^\/api\/webhook\/([A-Za-z0-9_-]{1,100})\/?(?:\?|$)/.exec(target ?? '')?.[1]
}

/** The secret in a webhook's address, for an MDM server that does not sign. */
export function webhookToken(target: string | undefined): string | undefined {
  return /[?&]token=([A-Za-z0-9_-]{1,200})(?:&|$)/.exec(target ?? '')?.[1]
}

/**
 * Handles one webhook request. It answers exactly 200, and only once the body is committed: NanoMDM counts every
 * other status as a failure and never retries
 * (https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go#L143). While the database
 * is down the request is held; a body that is lost then is recorded as missed. Unsigned bodies are not stored
 * anywhere. The text of an error never reaches the sender.
 */
export async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  slug: string,
  receiving: Receiving,
): Promise<void> {
  const at = receiving.clock()
  try {
    const [status, text] = await judge(request, slug, at, receiving)
    if (status === 401) refuseUnsigned(request, response, slug, text, receiving)
    else answer(request, response, status, text)
  } catch (error) {
    receiving.report(error)
    if (error instanceof NotKept) receiving.missed?.(slug, at, receiving.clock())
    response.setHeader('Retry-After', '5')
    answer(request, response, 503, 'the event was not kept')
  }
}

/** A body that may have been genuine was not stored. A sender who disconnects half-way is not such a case. */
class NotKept extends Error {}

type Answer = [status: number, text: string]

const senderOf = (request: IncomingMessage, slug: string, { senderOf: find }: Receiving) =>
  `${slug} ${find?.(request) ?? request.socket.remoteAddress ?? ''}`

/** Answers 401, or 429 after many wrong signatures from the same sender. A correctly signed body is stored all the same. */
function refuseUnsigned(
  request: IncomingMessage,
  response: ServerResponse,
  slug: string,
  text: string,
  receiving: Receiving,
): void {
  const sender = senderOf(request, slug, receiving)
  receiving.forgeries?.note(sender)
  const seconds = receiving.forgeries?.waitSeconds(sender)
  if (seconds === undefined) answer(request, response, 401, text)
  else {
    response.setHeader('Retry-After', String(seconds))
    const refusal = `too many wrong signatures; those that are right are kept (${text})`
    answer(request, response, 429, refusal)
  }
}

/** The base64 of 32 bytes. A signature of any other form is wrong, and the body need not be read. */
const signatureForm = /^[A-Za-z0-9+/]{43}=$/

async function judge(
  request: IncomingMessage,
  slug: string,
  at: Date,
  receiving: Receiving,
): Promise<Answer> {
  if (request.method !== 'POST') return [405, 'a webhook takes POST']
  const { holdMs } = receiving
  const until = holdMs === undefined ? undefined : performance.now() + holdMs
  const server = await orNotKept(retryUntil(() => receiving.findServer(slug), until))
  if (!server) return [404, 'no MDM server has this webhook address']
  const signs = serverTraits[server.kind].webhookProof === 'signature'
  if (!signs && !isWebhookToken(webhookToken(request.url), server.webhookTokenSha256))
    return [401, "the address does not hold this webhook's secret"]
  const signature = request.headers['x-hmac-signature']
  const mayBeSigned = typeof signature === 'string' && signatureForm.test(signature)
  if (signs && !mayBeSigned) return [401, 'X-Hmac-Signature does not match the body']
  const held = await readLimitedBody(request, receiving.bodies)
  if (held === 'tooLarge') return [413, 'a body has at most 8 MiB']
  if (held === 'crowded') throw new NotKept('too many bodies at once')
  const { bytes: body, holding } = held
  try {
    const isRight = () => isSigned(body, mayBeSigned ? signature : null, server.hmacKey)
    if (signs && !(await inTurn(senderOf(request, slug, receiving), isRight, receiving)))
      return [401, 'X-Hmac-Signature does not match the body']
    holding?.keep()
    const received = { serverId: server.id, body, at, receipt: randomUUID() }
    await orNotKept(retryUntil(() => receiving.keep(received), until))
    return [200, '']
  } finally {
    holding?.release()
  }
}

const inTurn = (sender: string, check: () => boolean, { forgeries }: Receiving) =>
  forgeries ? forgeries.inTurn(sender, check) : check()

const orNotKept = async <T>(running: Promise<T>): Promise<T> => {
  try {
    return await running
  } catch (cause) {
    throw new NotKept('a webhook body was abandoned', { cause })
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  // A sender that is still sending would see a broken connection instead of the answer.
  if (!request.complete && !request.destroyed) {
    answerUnread(request, response, status, text)
    return
  }
  // Its body may have been read only in part, so the connection cannot be used for another request.
  if (status !== 200) response.setHeader('Connection', 'close')
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' })
  response.end(text)
}

/** How long a webhook request is held while the database is down: MicroMDM's client waits 30 s (https://github.com/micromdm/micromdm/blob/c4878e2/cmd/micromdm/serve.go), NanoMDM's for ever. */
export const webhookHoldMs = 20_000

const maxPauseMs = 1_000

/**
 * Retries with growing pauses until it succeeds or the time is over.
 * @param run must have the same effect if it runs twice
 * @param until a time of `performance.now()`; without it there is one try
 * @throws the error of the last try
 */
export async function retryUntil<T>(run: () => Promise<T>, until: number | undefined): Promise<T> {
  if (until === undefined) return run()
  for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
    try {
      return await within(run(), until)
    } catch (error) {
      if (performance.now() + pauseMs >= until) throw error
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

/** Rejects when the time is over; the try itself goes on, and its end is ignored. */
function within<T>(running: Promise<T>, until: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error('the database did not answer in time'))
    const timer = setTimeout(late, Math.max(0, until - performance.now()))
    running.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
