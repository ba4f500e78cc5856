/**
 * The requests by which a declaration reaches one device, in their order. All but the last notify nobody and have no
 * effect on a device; attaching the set is the point of no return. The client makes them: lib/mdm/declarations.
 */
export const attachSteps = [
  'putConfiguration',
  'putActivation',
  'putSubscription',
  'putSubscriptionActivation',
  'addConfiguration',
  'addActivation',
  'addSubscription',
  'addSubscriptionActivation',
  'attachSet',
] as const

/** The requests that take it back, all quiet: the set is detached, and the others only clear up. They may be repeated. */
export const removalSteps = [
  'detachSet',
  'removeActivation',
  'removeConfiguration',
  'removeSubscriptionActivation',
  'removeSubscription',
  'deleteActivation',
  'deleteConfiguration',
  'deleteSubscriptionActivation',
  'deleteSubscription',
] as const

type OfSubscription = `${string}Subscription${string}`
const ofPair = <Step extends string>(steps: readonly Step[]) =>
  // The type says what the filter does.
  steps.filter((step) => !step.includes('Subscription')) as Exclude<Step, OfSubscription>[]

/** The same for a set without a status subscription: those of declarations that an older version has released. */
export const pairAttachSteps = ofPair(attachSteps)
export const pairRemovalSteps = ofPair(removalSteps)

type Set = { subscription?: unknown }

/** The requests that attach this set, in their order. */
export const attachStepsOf = ({ subscription }: Set): readonly AttachStep[] =>
  subscription === undefined ? pairAttachSteps : attachSteps

/** The requests that take this set back, in their order. */
export const removalStepsOf = ({ subscription }: Set): readonly RemovalStep[] =>
  subscription === undefined ? pairRemovalSteps : removalSteps

export type AttachStep = (typeof attachSteps)[number]
export type RemovalStep = (typeof removalSteps)[number]

/** Reading the state back, which changes nothing. */
export const readSteps = ['checkBefore', 'readBack'] as const

/** Has the device told what holds now, once it is on the record that the set is detached; it may be repeated. */
export const notifyStep = 'notifyDevice'

export const declarationSteps = [...attachSteps, ...removalSteps, ...readSteps, notifyStep] as const
export type DeclarationStep = (typeof declarationSteps)[number]

/** Why a declaration is taken back. */
export const removalCauses = ['person', 'trialEnded'] as const

/**
 * How a step ended. `leaving` is written before the set is attached, so that a crash cannot hide that it may have left.
 * The last three are of a reading.
 */
export const stepOutcomes = [
  'leaving',
  'done',
  'alreadySo',
  'refused',
  'unsure',
  'attached',
  'notAttached',
  'unknown',
] as const
export type StepOutcome = (typeof stepOutcomes)[number]

/** The server did it, or may have. */
export const mayHaveHappened = [
  'done',
  'alreadySo',
  'unsure',
] as const satisfies readonly StepOutcome[]

/** Characters of an answer that are kept; the answers that were seen are below 200. */
export const maxStepBody = 4096

/**
 * How long after a request without an answer it may still arrive. TCP of Linux tries for 924.6 s before it gives up
 * (https://docs.kernel.org/networking/ip-sysctl.html, tcp_retries2), and a proxy in between may hold a request for
 * minutes. Until then a set that is not attached proves nothing, and a removal is looked at again.
 */
export const mayStillArriveMs = 20 * 60_000

type MadeStep = { step: string; outcome: string; at: Date }

/**
 * Until when an attach whose answer is not known may still arrive; undefined if its answer is known, or if the set was read
 * back as attached since: it leaves once, so that was it.
 */
export function mayArriveUntil(steps: readonly MadeStep[]): Date | undefined {
  const last = steps.findLast(({ step }) => step === 'attachSet')
  if (!last || (last.outcome !== 'leaving' && last.outcome !== 'unsure')) return undefined
  const since = steps.slice(steps.indexOf(last) + 1)
  if (since.some(({ step, outcome }) => step === 'readBack' && outcome === 'attached'))
    return undefined
  return new Date(last.at.getTime() + mayStillArriveMs)
}

/** Notifications without an answer after which a removal goes on all the same; it is made again by each round until then. */
export const maxUnansweredNotifications = 3

/** Whether nothing came back of a request, so that it may not have arrived; a server that cannot push does answer. */
export const isUnanswered = (made: { outcome: string; httpStatus?: number | null | undefined }) =>
  made.outcome === 'unsure' && (made.httpStatus ?? undefined) === undefined

/** Milliseconds between two readings of a state that is not settled: sooner at first, then once an hour. */
export const readBackPauseMs = (earlier: number): number =>
  earlier === 0 ? 0 : Math.min(60_000 * 2 ** (earlier - 1), 3_600_000)

/** In the record and on the page. */
export const stepWords: Record<DeclarationStep, string> = {
  putConfiguration: 'store the configuration',
  putActivation: 'store the activation',
  putSubscription: 'store the status subscription',
  putSubscriptionActivation: 'store the activation of the status subscription',
  addConfiguration: 'add the configuration to its set',
  addActivation: 'add the activation to its set',
  addSubscription: 'add the status subscription to its set',
  addSubscriptionActivation: 'add the activation of the status subscription to its set',
  attachSet: 'attach the set to the device',
  detachSet: 'detach the set from the device',
  removeActivation: 'take the activation out of its set',
  removeConfiguration: 'take the configuration out of its set',
  removeSubscriptionActivation: 'take the activation of the status subscription out of its set',
  removeSubscription: 'take the status subscription out of its set',
  deleteActivation: 'delete the activation',
  deleteConfiguration: 'delete the configuration',
  deleteSubscriptionActivation: 'delete the activation of the status subscription',
  deleteSubscription: 'delete the status subscription',
  notifyDevice: 'have the device notified',
  checkBefore: 'look at everything before the set is attached',
  readBack: 'read back what the server holds',
}

export const stepOutcomeWords: Record<StepOutcome, string> = {
  leaving: 'the request leaves',
  done: 'done',
  alreadySo: 'it was so already',
  refused: 'refused, nothing was changed',
  unsure: 'not known',
  attached: 'attached',
  notAttached: 'not attached',
  unknown: 'not known',
}
