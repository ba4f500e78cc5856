import type { LookupFunction } from 'node:net'
import { z } from 'zod'
import type { VersionResult } from './server'
import { serverUrlProblem } from './server-url'
import { type HttpAnswer, noAnswerIn, type TransportFailure } from './settle'
import { callOnce, type HttpCall } from './transport'

export type MdmServerOptions = {
  /** https, or http to this machine; may have a path prefix. */
  url: string
  apiKey: string
  /** For a whole call; 30 s unless told. */
  timeoutMs?: number
  /** How names are looked up; the system's own way unless told. */
  lookup?: LookupFunction
}

export type Call = (
  method: HttpCall['method'],
  path: string,
  body?: Uint8Array,
  options?: { maxAnswerBytes?: number; timeoutMs?: number },
) => Promise<HttpAnswer | TransportFailure>

/**
 * Calls of one server's API by HTTP Basic, each on a connection of its own. What it gives never rejects.
 * @throws Error on an address that `serverUrlProblem` refuses
 */
export function callerOf(options: MdmServerOptions, user: string): Call {
  const { url: text, apiKey, timeoutMs: usualMs = 30_000, lookup } = options
  const problem = serverUrlProblem(text)
  if (problem !== undefined) throw new Error(`${text}: ${problem}`)
  const url = new URL(text)
  const prefix = url.pathname.replace(/\/$/, '')
  const credentials = Buffer.from(`${user}:${apiKey}`).toString('base64')
  const headers = { Authorization: `Basic ${credentials}`, Accept: 'application/json' }
  return (method, path, body, { maxAnswerBytes, timeoutMs = usualMs } = {}) =>
    callOnce({
      url,
      method,
      path: `${prefix}${path}`,
      headers,
      body,
      timeoutMs: Math.min(timeoutMs, usualMs),
      lookup,
      maxAnswerBytes,
    })
}

const ended: Record<TransportFailure['failed'], string> = {
  nameNotResolved: 'the name of the MDM server could not be resolved',
  notConnected: 'no connection to the MDM server could be made',
  tlsFailed: 'the TLS connection to the MDM server failed',
  timedOut: 'the MDM server did not answer in time',
  cut: 'the MDM server cut the request off before it had answered',
  tooLarge: 'the answer is larger than any answer of an MDM server',
}

/** Why there is no answer to a request that carries no command, as a sentence for people. */
export const withoutAnswer = ({ failed, detail }: TransportFailure): string =>
  `${ended[failed]} (${detail})`

/** The same of a push, which Apple's service may have got by then. */
export const withoutPushAnswer = (failure: TransportFailure): string => {
  const { failed, detail } = failure
  if (failed === 'cut')
    return `the MDM server cut the push off before it had answered (${detail}); the device may have been woken all the same`
  if (failed === 'timedOut')
    return `the MDM server did not answer the push in time (${detail}); it may be waiting for Apple's push service`
  return withoutAnswer(failure)
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: string }

/** The JSON of an answer in the shape that is expected, or why it is none. */
export function parseAnswer<T>(
  answer: HttpAnswer | TransportFailure,
  schema: z.ZodType<T>,
  kind: string,
): Parsed<T> {
  if ('failed' in answer) return { ok: false, reason: withoutAnswer(answer) }
  if (answer.httpStatus === 401) return { ok: false, reason: 'the API key is refused (401)' }
  try {
    const read = schema.safeParse(JSON.parse(answer.body))
    if (read.success) return { ok: true, value: read.data }
  } catch {
    // Falls through: a page of a proxy is as little an answer as JSON of another shape.
  }
  return { ok: false, reason: `the answer (${answer.httpStatus}) is not one of ${kind}'s API` }
}

/** Nothing is looked up for it, so a server that takes longer would be late with everything. */
const versionTimeoutMs = 10_000

/** Both kinds tell their version at `/version`, without a key. */
export async function readVersion(call: Call, kind: string): Promise<VersionResult> {
  const answer = await call('GET', '/version', undefined, { timeoutMs: versionTimeoutMs })
  const result = parseAnswer(answer, z.object({ version: z.string() }), kind)
  if (result.ok) return { ok: true, version: result.value.version }
  return { ...result, ...noAnswerIn(answer) }
}
