import type { KeyResult } from '../server-answers'
import {
  type Call,
  callerOf,
  type MdmServerOptions,
  readVersion,
  withoutAnswer,
} from '../server-call'
import { type DeclarationApi, declarationApis } from '../server-kinds'
import { namesIn } from './answers'
import type { DeclarationServer } from './declaration-server'
import { readSets } from './held-sets'
import { readHeld } from './read-held'
import { readReport } from './status-report'
import { notifyDevice, takeStep } from './steps'

/**
 * A KMFDDM beside its MDM server, or the API of KMFDDM that a NanoHUB has built in
 * (https://github.com/jessepeterson/kmfddm/blob/v0.8.3/http/api/v1.go). Every call has the guards, the limits and
 * the one connection of a call to the MDM server itself.
 * @throws Error if `serverUrlProblem` refuses the address
 */
export function createDeclarationServer(
  place: keyof typeof declarationApis,
  options: MdmServerOptions,
): DeclarationServer {
  return declarationsThrough(callerOf(options, declarationApis[place].apiUser), place)
}

/** The same by any way to its API, for one that runs in this process. */
export function declarationsThrough(
  call: Call,
  place: keyof typeof declarationApis,
): DeclarationServer {
  const api = declarationApis[place]
  return {
    name: api.name,
    version: () => readVersion(call, api.name, api.name),
    tryKey: () => tryKey(call, api),
    sets: (enrollmentId) => readSets(call, api, enrollmentId),
    step: (step, enforcement) => takeStep(call, api, step, enforcement),
    read: (enforcement) => readHeld(call, api, enforcement),
    notify: (enrollmentId) => notifyDevice(call, api, enrollmentId),
    statusReport: (enrollmentId, index) => readReport(call, api, enrollmentId, index),
  }
}

/** An enrollment ID that no device has. */
const nobody = 'oneway-check-of-the-api-key'

/** Checks the API key by reading the sets of a device that does not exist, which changes nothing. */
const tryKey = async (call: Call, { name, base }: DeclarationApi): Promise<KeyResult> => {
  const answer = await call('GET', `${base}/enrollment-sets/${nobody}`)
  if ('failed' in answer) return { found: 'unknown', reason: withoutAnswer(answer, name) }
  if (answer.httpStatus === 401) return { found: 'no', reason: 'the API key is refused (401)' }
  const read = namesIn(name, answer)
  if (read.ok) return { found: 'yes', reason: 'it showed the sets of a device that does not exist' }
  return { found: 'unknown', reason: read.reason }
}
