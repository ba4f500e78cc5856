import { commandProblem } from './command'
import { enrollmentIdProblem } from './enrollment'
import type { ExpectedCommand, KeyResult, MdmServer, PushResult, SendResult } from './server'
import {
  type Call,
  callerOf,
  type MdmServerOptions,
  parseAnswer,
  readVersion,
  withoutAnswer,
  withoutPushAnswer,
} from './server-call'
import { serverTraits } from './server-kinds'
import { apiResult, settle } from './settle'

/**
 * A NanoMDM server by its HTTP API (https://github.com/micromdm/nanomdm/blob/1d5fcf4/docs/openapi.yaml).
 * Its functions never reject.
 * @throws Error if `serverUrlProblem` refuses the address
 */
export const createNanomdm = (options: MdmServerOptions): MdmServer =>
  nanomdmThrough(callerOf(options, serverTraits.nanomdm.apiUser))

/** The same by any way to its API, for one that runs in this process. */
export function nanomdmThrough(call: Call): MdmServer {
  return {
    pushesByItself: serverTraits.nanomdm.pushesByItself,
    enqueue: (enrollmentId, plist, expected) => enqueue(call, enrollmentId, plist, expected),
    push: (enrollmentId) => push(call, enrollmentId),
    version: () => readVersion(call, 'NanoMDM'),
    tryKey: () => tryKey(call),
  }
}

/** With `nopush=1`, so that the answer is about the queue alone; a push is a separate call. */
const enqueue = async (
  call: Call,
  enrollmentId: string,
  plist: Uint8Array,
  expected: ExpectedCommand,
): Promise<SendResult> => {
  const problem = enrollmentIdProblem(enrollmentId) ?? commandProblem(plist, expected)
  if (problem !== undefined) return { outcome: 'notSent', reason: `not sent: ${problem}` }
  const answer = await call('PUT', `/v1/enqueue/${enrollmentId}?nopush=1`, plist)
  return settle(answer, { ...expected, enrollmentId })
}

const push = async (call: Call, enrollmentId: string): Promise<PushResult> => {
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return { ok: false, reason: problem }
  const answer = await call('PUT', `/v1/push/${enrollmentId}`)
  if ('failed' in answer) return { ok: false, reason: withoutPushAnswer(answer) }
  const result = parseAnswer(answer, apiResult, 'NanoMDM')
  if (!result.ok) return result
  const { status, push_error: general } = result.value
  const mine = status?.[enrollmentId]
  const error = general ?? mine?.push_error
  if (error !== undefined) return { ok: false, reason: error }
  if (mine?.push_result === undefined)
    return { ok: false, reason: 'the MDM server does not say that it has pushed' }
  return { ok: true, apnsId: mine.push_result }
}

/** An enrollment ID that no device has: it is not a UDID. */
const nobody = 'oneway-check-of-the-api-key'

/**
 * Checks the API key with a push to a device that does not exist. A push queues nothing, and for an ID without
 * push data NanoMDM sends nothing to Apple: https://github.com/micromdm/nanomdm/blob/1d5fcf4/push/service/service.go
 */
const tryKey = async (call: Call): Promise<KeyResult> => {
  const answer = await call('PUT', `/v1/push/${nobody}`)
  if ('failed' in answer) return { found: 'unknown', reason: withoutAnswer(answer) }
  if (answer.httpStatus === 401) return { found: 'no', reason: 'the API key is refused (401)' }
  const result = parseAnswer(answer, apiResult, 'NanoMDM')
  const missing = result.ok && result.value.status?.[nobody]?.push_error
  if (result.ok && (missing || result.value.push_error))
    return { found: 'yes', reason: 'a push to a device that does not exist was accepted' }
  return {
    found: 'unknown',
    reason: `the answer (${answer.httpStatus}) to a push is not one of NanoMDM's API; if NanoMDM was started without -api, it has no API`,
  }
}
