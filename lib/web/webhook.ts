import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Heard } from '@/lib/core/ingest/keep-events'
import type { MdmServer } from '@/lib/db/queries/servers/servers'
import { serverTraits } from '@/lib/mdm/server-kinds'
import { isSigned } from '@/lib/mdm/signature'
import { isWebhookToken } from '@/lib/mdm/webhook-token'
import type { Forgeries } from './forgeries'
import type { HeldBodies } from './held-bodies'
import { readLimitedBody } from './limited-body'
import { patiently } from './patience'

/** What receiving needs, given from outside so that a test can take any of it away. */
export type Receiving = {
  findServer(slug: string): Promise<MdmServer | undefined>
  /** Resolves once the body is committed; the same receipt twice keeps one body. */
  keep(heard: Heard): Promise<unknown>
  report(error: unknown): void
  clock(): Date
  /** Called with each body that was given up, so that the gap gets into the record. */
  missed?(slug: string, from: Date, to: Date): void
  /** How long a request is held while the database is away; not at all unless told. */
  patienceMs?: number
  /** For the bodies in memory, of all requests together; without end unless told. */
  bodies?: HeldBodies
  /** Remembers who forges; nobody is remembered unless told. */
  forgeries?: Forgeries
  /** The network address of the sender; that of the connection unless told. */
  senderOf?(request: IncomingMessage): string
}

/** The slug in a request's target when it is a webhook's; with or without a slash or a query at its end. */
export function webhookSlug(target: string | undefined): string | undefined {
  return /^\/api\/webhook\/([A-Za-z0-9_-]{1,100})\/?(?:\?|$)/.exec(target ?? '')?.[1]
}

/** The secret in a webhook's address, where the server signs nothing. */
export function webhookToken(target: string | undefined): string | undefined {
  return /[?&]token=([A-Za-z0-9_-]{1,200})(?:&|$)/.exec(target ?? '')?.[1]
}

/**
 * Takes one webhook request. Exactly 200, and only once the body is committed: NanoMDM takes every other
 * status for a failure and never tries again
 * (https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go#L143). While the database
 * is away the request is held; a body that is given up then is noted as missed. Unsigned bodies are kept
 * nowhere. No word of an error's text reaches the sender.
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
    if (status === 401) refuseForged(request, response, slug, text, receiving)
    else answer(response, status, text)
  } catch (error) {
    receiving.report(error)
    if (error instanceof NotKept) receiving.missed?.(slug, at, receiving.clock())
    response.setHeader('Retry-After', '5')
    answer(response, 503, 'the event was not kept')
  }
}

/** A body that somebody may have had a right to see kept; a sender who goes away in the middle is none. */
class NotKept extends Error {}

type Answer = [status: number, text: string]

const senderOf = (request: IncomingMessage, slug: string, { senderOf: find }: Receiving) =>
  `${slug} ${find?.(request) ?? request.socket.remoteAddress ?? ''}`

/** 401, or 429 once there were many from the same sender; a right signature is kept all the same. */
function refuseForged(
  request: IncomingMessage,
  response: ServerResponse,
  slug: string,
  text: string,
  receiving: Receiving,
): void {
  const sender = senderOf(request, slug, receiving)
  receiving.forgeries?.note(sender)
  const seconds = receiving.forgeries?.waitSeconds(sender)
  if (seconds === undefined) answer(response, 401, text)
  else {
    response.setHeader('Retry-After', String(seconds))
    answer(response, 429, `too many wrong signatures; those that are right are kept (${text})`)
  }
}

/** The base64 of 32 bytes; what looks otherwise signs nothing, and its body need not be read. */
const signatureForm = /^[A-Za-z0-9+/]{43}=$/

async function judge(
  request: IncomingMessage,
  slug: string,
  at: Date,
  receiving: Receiving,
): Promise<Answer> {
  if (request.method !== 'POST') return [405, 'a webhook takes POST']
  const { patienceMs } = receiving
  const until = patienceMs === undefined ? undefined : performance.now() + patienceMs
  const server = await orNotKept(patiently(() => receiving.findServer(slug), until))
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
    const heard = { serverId: server.id, body, at, receipt: randomUUID() }
    await orNotKept(patiently(() => receiving.keep(heard), until))
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

function answer(response: ServerResponse, status: number, text: string): void {
  // What is refused may be unread; the connection must not be used for a next request then.
  if (status !== 200) response.setHeader('Connection', 'close')
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' })
  response.end(text)
}
