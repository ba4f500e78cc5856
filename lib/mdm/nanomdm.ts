import { commandProblem } from './command'
import { enrollmentIdProblem } from './enrollment'
import type { ExpectedCommand, MdmServer, PushResult, SendResult } from './server'
import type { KeyResult } from './server-answers'
import {
  type Call,
  callerOf,
  type MdmServerOptions,
  parseAnswer,
  readVersion,
  withoutAnswer,
  withoutPushAnswer,
} from './server-call'
import { type ServerTraits, serverTraits } from './server-kinds'
import { apiResult, settle } from './settle'

/**
 * A NanoMDM server by its HTTP API (https://github.com/micromdm/nanomdm/blob/1d5fcf4/docs/openapi.yaml).
 * Its functions never reject.
 * @throws Error if `serverUrlProblem` refuses the address
 */
export const createNanomdm = (options: MdmServerOptions): MdmServer =>
  nanomdmThrough(callerOf(options, serverTraits.nanomdm.apiUser))

/**
 * A NanoHUB server: it has NanoMDM's API under a path and a user of its own
 * (https://github.com/micromdm/nanohub/blob/f71f730/cmd/nanohub/nanohub.go). Its functions never reject.
 * @throws Error if `serverUrlProblem` refuses the address
 */
export function createNanohub(options: MdmServerOptions): MdmServer {
  const traits = serverTraits.nanohub
  return nanomdmThrough(callerOf(options, traits.apiUser), traits, `${traits.apiPath}/nanomdm`)
}

/** The same by any way to its API, for one that runs in this process. */
export function nanomdmThrough(
  call: Call,
  traits: ServerTraits = serverTraits.nanomdm,
  path = traits.apiPath,
): MdmServer {
  const { name, pushesByItself } = traits
  const api = { call, path, name, keyFlag: traits.flags.apiKey }
  return {
    pushesByItself,
    enqueue: (enrollmentId, plist, expected) => enqueue(api, enrollmentId, plist, expected),
    push: (enrollmentId) => push(api, enrollmentId),
    version: () => readVersion(call, name),
    tryKey: () => tryKey(api),
  }
}

/** NanoMDM's API at a path, with the name of the program that has it there and its flag for the API key. */
type Api = { call: Call; path: string; name: string; keyFlag: string }

/** With `nopush=1`, so that the answer is about the queue alone; a push is a separate call. */
const enqueue = async (
  { call, path, name }: Api,
  enrollmentId: string,
  plist: Uint8Array,
  expected: ExpectedCommand,
): Promise<SendResult> => {
  const problem = enrollmentIdProblem(enrollmentId) ?? commandProblem(plist, expected)
  if (problem !== undefined) return { outcome: 'notSent', reason: `not sent: ${problem}` }
  const answer = await call('PUT', `${path}/enqueue/${enrollmentId}?nopush=1`, plist)
  return settle(answer, { ...expected, enrollmentId, server: name })
}

const push = async ({ call, path, name }: Api, enrollmentId: string): Promise<PushResult> => {
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return { ok: false, reason: problem }
  const answer = await call('PUT', `${path}/push/${enrollmentId}`)
  if ('failed' in answer) return { ok: false, reason: withoutPushAnswer(answer) }
  const result = parseAnswer(answer, apiResult, name)
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
const tryKey = async ({ call, path, name, keyFlag }: Api): Promise<KeyResult> => {
  const answer = await call('PUT', `${path}/push/${nobody}`)
  if ('failed' in answer) return { found: 'unknown', reason: withoutAnswer(answer) }
  if (answer.httpStatus === 401) return { found: 'no', reason: 'the API key is refused (401)' }
  const result = parseAnswer(answer, apiResult, name)
  const missing = result.ok && result.value.status?.[nobody]?.push_error
  if (result.ok && (missing || result.value.push_error))
    return { found: 'yes', reason: 'a push to a device that does not exist was accepted' }
  return {
    found: 'unknown',
    reason: `the answer (${answer.httpStatus}) to a push is not one of ${name}'s API; if ${name} was started without ${keyFlag}, it has no API`,
  }
}
