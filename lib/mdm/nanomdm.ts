import type { LookupFunction } from 'node:net'
import { z } from 'zod'
import { enrollmentIdProblem } from './enrollment-id'
import { rootOf, textOf, under } from './lenient'
import { readPlist } from './plist'
import type { ExpectedCommand, MdmServer, PushResult, SendResult, VersionResult } from './server'
import { serverUrlProblem } from './server-url'
import { apiResult, type HttpAnswer, settle, type TransportFailure } from './settle'
import { callOnce, type HttpCall } from './transport'

export type NanomdmOptions = {
  /** https, or http to this machine; may have a path prefix. */
  url: string
  apiKey: string
  /** For a whole call; 30 s unless told. */
  timeoutMs?: number
  /** How names are looked up; the system's own way unless told. */
  lookup?: LookupFunction
}

type Call = (
  method: HttpCall['method'],
  path: string,
  body?: Uint8Array,
) => ReturnType<typeof callOnce>

/**
 * A NanoMDM server by its HTTP API (https://github.com/micromdm/nanomdm/blob/1d5fcf4/docs/openapi.yaml).
 * Throws only on an address that `serverUrlProblem` refuses; its functions never reject.
 */
export function createNanomdm(options: NanomdmOptions): MdmServer {
  const problem = serverUrlProblem(options.url)
  if (problem !== undefined) throw new Error(`${options.url}: ${problem}`)
  const call = callerOf(options)
  return {
    enqueue: (enrollmentId, plist, expected) => enqueue(call, enrollmentId, plist, expected),
    push: (enrollmentId) => push(call, enrollmentId),
    version: () => readVersion(call),
  }
}

const callerOf = ({ url: text, apiKey, timeoutMs = 30_000, lookup }: NanomdmOptions): Call => {
  const url = new URL(text)
  const prefix = url.pathname.replace(/\/$/, '')
  // NanoMDM's user name is fixed: https://github.com/micromdm/nanomdm/blob/1d5fcf4/cmd/nanomdm/main.go
  const credentials = Buffer.from(`nanomdm:${apiKey}`).toString('base64')
  const headers = { Authorization: `Basic ${credentials}`, Accept: 'application/json' }
  return (method, path, body) =>
    callOnce({ url, method, path: `${prefix}${path}`, headers, body, timeoutMs, lookup })
}

/** `nopush=1`, so that the answer speaks about the queue alone; a push follows as a call of its own. */
const enqueue = async (
  call: Call,
  enrollmentId: string,
  plist: Uint8Array,
  expected: ExpectedCommand,
): Promise<SendResult> => {
  const problem = enrollmentIdProblem(enrollmentId) ?? commandProblem(plist, expected)
  if (problem !== undefined) return { outcome: 'notSent', because: `not sent: ${problem}` }
  const answer = await call('PUT', `/v1/enqueue/${enrollmentId}?nopush=1`, plist)
  return settle(answer, { ...expected, enrollmentId })
}

/** The last look at the bytes before they leave: they are the command that was reserved, or stay here. */
const commandProblem = (plist: Uint8Array, expected: ExpectedCommand): string | undefined => {
  const read = readPlist(plist)
  if (!read.ok) return `the stored command cannot be read: ${read.because}`
  const root = rootOf(read.value, [])
  if (textOf(under(root, 'CommandUUID')) !== expected.commandUuid)
    return `the stored command is not ${expected.commandUuid}`
  if (textOf(under(under(root, 'Command'), 'RequestType')) !== expected.requestType)
    return `the stored command is no ${expected.requestType}`
  return undefined
}

const push = async (call: Call, enrollmentId: string): Promise<PushResult> => {
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return { ok: false, because: problem }
  const answer = await call('PUT', `/v1/push/${enrollmentId}`)
  const result = parse(answer, apiResult)
  if (!result.ok) return result
  const { status, push_error: general } = result.value
  const mine = status?.[enrollmentId]
  const error = general ?? mine?.push_error
  if (error !== undefined) return { ok: false, because: error }
  if (mine?.push_result === undefined)
    return { ok: false, because: 'the MDM server does not say that it has pushed' }
  return { ok: true, apnsId: mine.push_result }
}

const readVersion = async (call: Call): Promise<VersionResult> => {
  const result = parse(await call('GET', '/version'), z.object({ version: z.string() }))
  return result.ok ? { ok: true, version: result.value.version } : result
}

type Parsed<T> = { ok: true; value: T } | { ok: false; because: string }

const parse = <T>(answer: HttpAnswer | TransportFailure, schema: z.ZodType<T>): Parsed<T> => {
  if ('failed' in answer) return { ok: false, because: `${answer.failed} (${answer.detail})` }
  if (answer.httpStatus === 401) return { ok: false, because: 'the API key is refused (401)' }
  try {
    const read = schema.safeParse(JSON.parse(answer.body))
    if (read.success) return { ok: true, value: read.data }
  } catch {
    // Falls through: a page of a proxy is as little an answer as JSON of another shape.
  }
  return { ok: false, because: `the answer (${answer.httpStatus}) is not one of NanoMDM's API` }
}
