import type { LookupFunction } from 'node:net'
import { z } from 'zod'
import type { VersionResult } from './server-answers'
import { serverUrlProblem } from './server-url'
import { type HttpAnswer, noAnswerIn, type TransportFailure } from './settle'
import { callOnce, type HttpCall } from './transport'

export type MdmServerOptions = {
  /** https, or http to this machine; may have a path prefix. */
  url: string
  apiKey: string
  /** For a whole call; 30 s by default. */
  timeoutMs?: number
  /** How host names are resolved; by the system by default. */
  lookup?: LookupFunction
}

export type Call = (
  method: HttpCall['method'],
  path: string,
  body?: Uint8Array,
  options?: { maxAnswerBytes?: number; timeoutMs?: number; whole?: boolean },
) => Promise<HttpAnswer | TransportFailure>

/**
 * Gives the function that calls one server's API, with HTTP Basic and a new connection for each call. That function
 * never rejects.
 * @throws Error if `serverUrlProblem` refuses the address
 */
export function callerOf(options: MdmServerOptions, user: string): Call {
  const { url: text, apiKey, timeoutMs: usualMs = 30_000, lookup } = options
  const problem = serverUrlProblem(text)
  if (problem !== undefined) throw new Error(`${text}: ${problem}`)
  const url = new URL(text)
  const prefix = url.pathname.replace(/\/$/, '')
  const credentials = Buffer.from(`${user}:${apiKey}`).toString('base64')
  const headers = { Authorization: `Basic ${credentials}`, Accept: 'application/json' }
  return (method, path, body, { maxAnswerBytes, timeoutMs = usualMs, whole } = {}) =>
    callOnce({
      url,
      method,
      path: `${prefix}${path}`,
      headers,
      body,
      timeoutMs: Math.min(timeoutMs, usualMs),
      lookup,
      maxAnswerBytes,
      whole,
    })
}

/** What the answer is waited for from, in a sentence. */
const usualServer = 'the MDM server'

const ended: Record<TransportFailure['failed'], (server: string) => string> = {
  nameNotResolved: (server) => `the name of ${server} could not be resolved`,
  notConnected: (server) => `no connection to ${server} could be made`,
  tlsFailed: (server) => `the TLS connection to ${server} failed`,
  timedOut: (server) => `${server} did not answer in time`,
  cut: (server) => `${server} cut the request off before it had answered`,
  tooLarge: () => 'the answer is larger than any answer of an MDM server',
}

/** Why a request without a command got no answer, in words. */
export const withoutAnswer = (
  { failed, detail }: TransportFailure,
  server: string = usualServer,
): string => `${ended[failed](server)} (${detail})`

/** The same for a push, which may have reached Apple's service all the same. */
export const withoutPushAnswer = (failure: TransportFailure): string => {
  const { failed, detail } = failure
  if (failed === 'cut')
    return `the MDM server cut the push off before it had answered (${detail}); the device may have been woken all the same`
  if (failed === 'timedOut')
    return `the MDM server did not answer the push in time (${detail}); it may be waiting for Apple's push service`
  return withoutAnswer(failure)
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: string }

/** The JSON of an answer in the expected shape, or why there is none. */
export function parseAnswer<T>(
  answer: HttpAnswer | TransportFailure,
  schema: z.ZodType<T>,
  kind: string,
  server: string = usualServer,
): Parsed<T> {
  if ('failed' in answer) return { ok: false, reason: withoutAnswer(answer, server) }
  if (answer.httpStatus === 401) return { ok: false, reason: 'the API key is refused (401)' }
  try {
    const read = schema.safeParse(JSON.parse(answer.body))
    if (read.success) return { ok: true, value: read.data }
  } catch {
    // Falls through: not JSON, such as a proxy's error page, is treated like JSON of another shape.
  }
  return { ok: false, reason: `the answer (${answer.httpStatus}) is not one of ${kind}'s API` }
}

/** A server answers it without touching its storage; one that takes longer is too slow for everything else. */
const versionTimeoutMs = 10_000

/** The version of a server; every kind gives it at `/version` without a key. */
export async function readVersion(
  call: Call,
  kind: string,
  server: string = usualServer,
): Promise<VersionResult> {
  const answer = await call('GET', '/version', undefined, { timeoutMs: versionTimeoutMs })
  const result = parseAnswer(answer, z.object({ version: z.string() }), kind, server)
  if (result.ok) return { ok: true, version: result.value.version }
  return { ...result, ...noAnswerIn(answer) }
}
