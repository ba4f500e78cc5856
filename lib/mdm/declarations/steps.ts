import { isCommandUuid } from '../command'
import { enrollmentIdProblem } from '../enrollment'
import type { Call } from '../server-call'
import { withoutAnswer } from '../server-call'
import type { DeclarationApi } from '../server-kinds'
import { neverLeft, noAnswerIn } from '../settle'
import { type Answer, errorIn, notOfApi } from './answers'
import { readEnforcement } from './build-enforcement'
import type {
  DeclarationStep,
  Enforcement,
  EnforcementStep,
  RequestAnswer,
  StepAnswer,
  WithdrawalStep,
} from './declaration-server'

type Wish = { method: 'PUT' | 'POST' | 'DELETE'; path: string; body?: Uint8Array }

/** Keeps the server from waking the device before everything is in place, and once nothing is left to tell. */
const quiet = 'nonotify=1'

const declarationPath = (identifier: string) => `/declarations/${identifier}`
const inSet = ({ set }: Enforcement, identifier: string) =>
  `/set-declarations/${set}?declaration=${identifier}&${quiet}`
/** Not quiet: this is what the device learns of. */
const attached = ({ enrollmentId, set }: Enforcement) =>
  `/enrollment-sets/${enrollmentId}?set=${set}`

const wishes: Record<EnforcementStep | WithdrawalStep, (e: Enforcement) => Wish> = {
  putConfiguration: ({ configuration: { json: body } }) => ({ ...putDeclaration, body }),
  putActivation: ({ activation: { json: body } }) => ({ ...putDeclaration, body }),
  addConfiguration: (e) => ({ method: 'PUT', path: inSet(e, e.configuration.identifier) }),
  addActivation: (e) => ({ method: 'PUT', path: inSet(e, e.activation.identifier) }),
  attachSet: (e) => ({ method: 'PUT', path: attached(e) }),
  detachSet: (e) => ({ method: 'DELETE', path: attached(e) }),
  removeActivation: (e) => ({ method: 'DELETE', path: inSet(e, e.activation.identifier) }),
  removeConfiguration: (e) => ({ method: 'DELETE', path: inSet(e, e.configuration.identifier) }),
  deleteActivation: (e) => ({ method: 'DELETE', path: declarationPath(e.activation.identifier) }),
  deleteConfiguration: (e) => ({
    method: 'DELETE',
    path: declarationPath(e.configuration.identifier),
  }),
}
const putDeclaration = { method: 'PUT', path: `/declarations?${quiet}` } as const

/** Makes the one request of a step, unless what it is about is not Oneway's own. */
export async function takeStep(
  call: Call,
  api: DeclarationApi,
  step: DeclarationStep,
  enforcement: Enforcement,
): Promise<StepAnswer> {
  const problem = enforcementProblem(enforcement)
  if (problem !== undefined) return { step, ...notAsked(problem) }
  return { step, ...(await wish(call, api, wishes[step](enforcement))) }
}

/** Wakes a device once more: harmless, as it only asks what holds now. Whether a command was queued is not known. */
export async function notifyDevice(
  call: Call,
  api: DeclarationApi,
  enrollmentId: string,
): Promise<RequestAnswer> {
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return notAsked(problem)
  return wish(call, api, { method: 'POST', path: `/notify?id=${enrollmentId}` })
}

/** Why these are not the declarations, the set and the device of one command of Oneway; undefined if they are. */
export function enforcementProblem(enforcement: Enforcement): string | undefined {
  const { enrollmentId, set, configuration, activation } = enforcement
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return problem
  const commandUuid = ownSet.exec(set)?.[1]
  if (commandUuid === undefined || !isCommandUuid(commandUuid))
    return `${set} is not the set of a command of Oneway`
  const stored = Buffer.concat([configuration.json, newLine, activation.json, newLine])
  const own = readEnforcement(stored, commandUuid)
  const isOwn =
    own?.configuration.identifier === configuration.identifier &&
    own.activation.identifier === activation.identifier
  return isOwn ? undefined : `the bytes are not the two declarations of ${commandUuid}`
}
const ownSet = /^lab\.oneway\.([0-9a-f-]{36})$/
const newLine = Buffer.from('\n')

const notAsked = (problem: string): RequestAnswer => ({
  at: new Date(),
  outcome: 'refused',
  reason: `not sent: ${problem}`,
})

async function wish(call: Call, api: DeclarationApi, one: Wish): Promise<RequestAnswer> {
  const answer = await call(one.method, `${api.base}${one.path}`, one.body)
  const { httpStatus, body } = answer
  return {
    at: new Date(),
    ...settleRequest(api.name, answer),
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
function settleRequest(name: string, answer: Answer): Verdict {
  if ('failed' in answer) {
    const reason = withoutAnswer(answer, name)
    if (neverLeft(answer)) return { outcome: 'refused', reason: `not sent: ${reason}` }
    return unsure(`${reason}; it may have it`)
  }
  const { httpStatus, body } = answer
  if (httpStatus === 204) return { outcome: 'done', reason: `${name} has stored it` }
  if (httpStatus === 304) return { outcome: 'alreadySo', reason: `it is so already at ${name}` }
  const why = notOfApi(name, answer)
  if (httpStatus === 401) return { outcome: 'refused', reason: why }
  const isOfApi = errorIn(body) !== undefined || ofRouter.includes(body)
  if (isOfApi && [400, 404, 405].includes(httpStatus)) return { outcome: 'refused', reason: why }
  return unsure(`${why}; it may have stored it all the same`)
}

/** The texts of Go's router where it has no such path or method, and so has done nothing. */
const ofRouter = ['404 page not found\n', 'Method Not Allowed\n']

const unsure = (reason: string): Verdict => ({ outcome: 'unsure', reason })
