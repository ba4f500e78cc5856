import { isCommandUuid } from '../command'
import { enrollmentIdProblem } from '../enrollment'
import type { Call } from '../server-call'
import { withoutAnswer } from '../server-call'
import type { DeclarationApi } from '../server-kinds'
import { neverLeft, noAnswerIn } from '../settle'
import { type Answer, errorIn, notOfApi } from './answers'
import { joined, readEnforcement } from './build-enforcement'
import {
  type DeclarationBytes,
  type DeclarationStep,
  declarationsOf,
  type Enforcement,
  type EnforcementStep,
  type RequestAnswer,
  type StepAnswer,
  type WithdrawalStep,
} from './declaration-server'

type Wish = { method: 'PUT' | 'POST' | 'DELETE'; path: string; body?: Uint8Array }

/** Keeps the server from waking the device before everything is in place, or before it is on the record that it is gone. */
const quiet = 'nonotify=1'

const declarationPath = (identifier: string) => `/declarations/${identifier}`
const inSet = ({ set }: Enforcement, identifier: string) =>
  `/set-declarations/${set}?declaration=${identifier}&${quiet}`
const attached = ({ enrollmentId, set }: Enforcement) =>
  `/enrollment-sets/${enrollmentId}?set=${set}`

type Verb = (e: Enforcement, one: DeclarationBytes) => Wish
const put: Verb = (_, { json: body }) => ({ method: 'PUT', path: `/declarations?${quiet}`, body })
const add: Verb = (e, { identifier }) => ({ method: 'PUT', path: inSet(e, identifier) })
const remove: Verb = (e, { identifier }) => ({ method: 'DELETE', path: inSet(e, identifier) })
const deleteIt: Verb = (_, { identifier }) => ({
  method: 'DELETE',
  path: declarationPath(identifier),
})

/** What a step does, and to which declaration; undefined for one that the set does not have. */
type Made = (e: Enforcement) => Wish | undefined
const of =
  (find: (e: Enforcement) => DeclarationBytes | undefined) =>
  (verb: Verb): Made =>
  (e) => {
    const one = find(e)
    return one && verb(e, one)
  }
const configuration = of((e) => e.configuration)
const activation = of((e) => e.activation)
const subscription = of((e) => e.subscription?.configuration)
const subscriptionActivation = of((e) => e.subscription?.activation)

const wishes: Record<EnforcementStep | WithdrawalStep, Made> = {
  putConfiguration: configuration(put),
  putActivation: activation(put),
  putSubscription: subscription(put),
  putSubscriptionActivation: subscriptionActivation(put),
  addConfiguration: configuration(add),
  addActivation: activation(add),
  addSubscription: subscription(add),
  addSubscriptionActivation: subscriptionActivation(add),
  // Not quiet: this is what the device learns of.
  attachSet: (e) => ({ method: 'PUT', path: attached(e) }),
  detachSet: (e) => ({ method: 'DELETE', path: `${attached(e)}&${quiet}` }),
  removeActivation: activation(remove),
  removeConfiguration: configuration(remove),
  removeSubscriptionActivation: subscriptionActivation(remove),
  removeSubscription: subscription(remove),
  deleteActivation: activation(deleteIt),
  deleteConfiguration: configuration(deleteIt),
  deleteSubscriptionActivation: subscriptionActivation(deleteIt),
  deleteSubscription: subscription(deleteIt),
}

/** Makes the one request of a step, unless what it is about is not Oneway's own. */
export async function takeStep(
  call: Call,
  api: DeclarationApi,
  step: DeclarationStep,
  enforcement: Enforcement,
): Promise<StepAnswer> {
  const problem = enforcementProblem(enforcement)
  if (problem !== undefined) return { step, ...notAsked(problem) }
  const made = wishes[step](enforcement)
  if (!made) return { step, ...notAsked('the set has no status subscription') }
  return { step, ...(await wish(call, api, made)) }
}

/** Wakes a device once more: harmless, as it only asks what holds now. Whether a command was queued is not known. */
export async function notifyDevice(
  call: Call,
  api: DeclarationApi,
  enrollmentId: string,
): Promise<RequestAnswer> {
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return notAsked(problem)
  const path = `/notify?id=${enrollmentId}`
  return wish(call, api, { method: 'POST', path }, 'taken the request to tell the device')
}

/** Why these are not the declarations, the set and the device of one command of Oneway; undefined if they are. */
export function enforcementProblem(enforcement: Enforcement): string | undefined {
  const { enrollmentId, set } = enforcement
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return problem
  const commandUuid = ownSet.exec(set)?.[1]
  if (commandUuid === undefined || !isCommandUuid(commandUuid))
    return `${set} is not the set of a command of Oneway`
  const given = declarationsOf(enforcement)
  const own = readEnforcement(joined(given), commandUuid)
  const names = own && declarationsOf(own).map(({ identifier }) => identifier)
  const isOwn =
    names?.length === given.length &&
    given.every(({ identifier }, index) => identifier === names[index])
  return isOwn ? undefined : `the bytes are not the declarations of ${commandUuid}`
}
const ownSet = /^lab\.oneway\.([0-9a-f-]{36})$/

const notAsked = (problem: string): RequestAnswer => ({
  at: new Date(),
  outcome: 'refused',
  reason: `not sent: ${problem}`,
})

async function wish(
  call: Call,
  api: DeclarationApi,
  one: Wish,
  did = 'stored it',
): Promise<RequestAnswer> {
  const answer = await call(one.method, `${api.base}${one.path}`, one.body)
  const { httpStatus, body } = answer
  return {
    at: new Date(),
    ...settleRequest(api.name, answer, did),
    ...noAnswerIn(answer),
    ...(httpStatus !== undefined && { httpStatus }),
    ...(body !== undefined && { body }),
  }
}

type Verdict = Pick<RequestAnswer, 'outcome' | 'reason'>

/**
 * What an answer shows. `refused` is said only where it proves that the request has changed nothing; whatever else was
 * answered may have been stored, also with 500, which a NanoHUB gives when it has stored and cannot push.
 */
function settleRequest(name: string, answer: Answer, did: string): Verdict {
  if ('failed' in answer) {
    const reason = withoutAnswer(answer, name)
    if (neverLeft(answer)) return { outcome: 'refused', reason: `not sent: ${reason}` }
    return unsure(`${reason}; it may have it`)
  }
  const { httpStatus, body } = answer
  if (httpStatus === 204) return { outcome: 'done', reason: `${name} has ${did}` }
  if (httpStatus === 304) return { outcome: 'alreadySo', reason: `it is so already at ${name}` }
  const why = notOfApi(name, answer)
  if (httpStatus === 401) return { outcome: 'refused', reason: why }
  const isOfApi = errorIn(body) !== undefined || ofRouter.includes(body)
  if (isOfApi && [400, 404, 405].includes(httpStatus)) return { outcome: 'refused', reason: why }
  return unsure(`${why}; it may have ${did} all the same`)
}

/** The texts of Go's router where it has no such path or method, and so has done nothing. */
const ofRouter = ['404 page not found\n', 'Method Not Allowed\n']

const unsure = (reason: string): Verdict => ({ outcome: 'unsure', reason })
