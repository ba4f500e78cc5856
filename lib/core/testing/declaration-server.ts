import { subscriptionType } from '@/lib/domain/declaration/own-identifier'
import type { DeclarationStep } from '@/lib/domain/trial/declaration-step'
import { configurationType } from '@/lib/mdm/declarations/build-enforcement'
import {
  type DeclarationBytes,
  type DeclarationServer,
  declarationsOf,
  type Enforcement,
  type HeldBytes,
  type Pair,
  type StepAnswer,
} from '@/lib/mdm/declarations/declaration-server'
import type { MdmServer } from '@/lib/mdm/server'
import { fakeServer } from './mdm-server'

/** What happens to one request: whether it takes effect, and what comes back. */
export const stepFates = {
  done: { takes: true, says: 'done' },
  cutAfter: { takes: true, says: 'unsure' },
  /** As of a NanoHUB that takes a request and cannot push. */
  cannotPush: { takes: true, says: 'cannotPush' },
  cutBefore: { takes: false, says: 'unsure' },
  refused: { takes: false, says: 'refused' },
  notConnected: { takes: false, says: 'notConnected' },
  diesAfter: { takes: true, says: 'dies' },
  diesBefore: { takes: false, says: 'dies' },
} as const
export type StepFate = keyof typeof stepFates

type Foreign = { set: string; declarations: { identifier: string; type: string }[] }

/** A server of declarations in memory that answers as KMFDDM does, and fails at a step as the test says. */
function fakeDeclarations() {
  const stored = new Map<string, string>()
  const inSets = new Map<string, Set<string>>()
  const attached = new Set<string>()
  const state = {
    fates: {} as Partial<Record<DeclarationStep, StepFate>>,
    /** Each request that took effect or was so already, and how often. */
    made: [] as { step: string; set: string }[],
    /** Requests to attach that the server got, with or without an answer. */
    attaches: [] as string[],
    notified: [] as string[],
    foreign: [] as Foreign[],
    /** The reading fails with this reason. */
    unreadable: undefined as string | undefined,
    attached,
    stored,
    inSets,
    /** A request to attach whose connection was cut arrives late. */
    arrive: () => {
      for (const e of onTheWay.splice(0)) apply.attachSet(e)
    },
  }
  const onTheWay: Enforcement[] = []
  const setOf = (set: string) => {
    const found = inSets.get(set) ?? new Set<string>()
    inSets.set(set, found)
    return found
  }
  const text = (json: Uint8Array) => Buffer.from(json).toString('utf8')
  /** Makes the change. @returns whether anything changed */
  const apply: Record<StepAnswer['step'], (e: Enforcement) => boolean> = {
    putConfiguration: ({ configuration: c }) => put(c),
    putActivation: ({ activation: a }) => put(a),
    putSubscription: (e) => put(subscriptionOf(e).configuration),
    putSubscriptionActivation: (e) => put(subscriptionOf(e).activation),
    addConfiguration: (e) => add(setOf(e.set), e.configuration.identifier),
    addActivation: (e) => add(setOf(e.set), e.activation.identifier),
    addSubscription: (e) => add(setOf(e.set), subscriptionOf(e).configuration.identifier),
    addSubscriptionActivation: (e) => add(setOf(e.set), subscriptionOf(e).activation.identifier),
    attachSet: (e) => {
      state.attaches.push(e.set)
      return add(attached, `${e.enrollmentId} ${e.set}`)
    },
    detachSet: (e) => attached.delete(`${e.enrollmentId} ${e.set}`),
    removeActivation: (e) => setOf(e.set).delete(e.activation.identifier),
    removeConfiguration: (e) => setOf(e.set).delete(e.configuration.identifier),
    removeSubscriptionActivation: (e) =>
      setOf(e.set).delete(subscriptionOf(e).activation.identifier),
    removeSubscription: (e) => setOf(e.set).delete(subscriptionOf(e).configuration.identifier),
    deleteActivation: (e) => stored.delete(e.activation.identifier),
    deleteConfiguration: (e) => stored.delete(e.configuration.identifier),
    deleteSubscriptionActivation: (e) => stored.delete(subscriptionOf(e).activation.identifier),
    deleteSubscription: (e) => stored.delete(subscriptionOf(e).configuration.identifier),
  }
  const put = ({ identifier, json }: DeclarationBytes) => {
    const changed = stored.get(identifier) !== text(json)
    stored.set(identifier, text(json))
    return changed
  }
  const add = (to: Set<string>, one: string) => !to.has(one) && Boolean(to.add(one))
  const held = ({ identifier, json }: DeclarationBytes): HeldBytes => {
    const body = stored.get(identifier)
    if (body === undefined) return { is: 'absent', body: '' }
    return { is: body === text(json) ? 'same' : 'other', body }
  }
  const otherSets = (enrollmentId: string, own: string) =>
    [
      ...state.foreign,
      ...[...attached]
        .map((one) => one.split(' '))
        .filter(([id, name]) => id === enrollmentId && name !== own)
        .map(([, set = '']) => ({ set, declarations: [...setOf(set)].map(declared) })),
    ].map(({ set, declarations }) => ({
      set,
      declarations: declarations.map((one) => ({
        ...one,
        aboutUpdates: one.type.startsWith('com.apple.configuration.softwareupdate.'),
      })),
    }))
  const server: DeclarationServer = {
    name: 'KMFDDM',
    sets: async (enrollmentId) => {
      if (state.unreadable !== undefined)
        return { ok: false, reason: state.unreadable, noAnswer: true }
      const sets = otherSets(enrollmentId, '')
      return { ok: true, sets, attached: sets.map(({ set }) => set), leftOut: 0 }
    },
    version: async () => ({ ok: true, version: 'unknown' }),
    tryKey: async () => ({ found: 'yes', reason: 'the key was taken' }),
    step: async (step, e) => {
      const fate = stepFates[state.fates[step] ?? 'done']
      let changed = false
      if (fate.takes) {
        changed = apply[step](e)
        state.made.push({ step, set: e.set })
      }
      if (fate === stepFates.cutBefore && step === 'attachSet') onTheWay.push(e)
      if (fate.says === 'dies') throw new Error(`the process died at ${step}`)
      return { step, at: new Date(), ...answerOf(fate.says, changed) }
    },
    read: async (e) => {
      if (state.unreadable !== undefined)
        return { ok: false, reason: state.unreadable, noAnswer: true }
      const set = setOf(e.set)
      const own = declarationsOf(e).map(({ identifier }) => identifier)
      const { subscription } = e
      const heldPair = (pair: Pair<DeclarationBytes>) => ({
        configuration: held(pair.configuration),
        activation: held(pair.activation),
      })
      const isIn = ({ configuration, activation }: Pair<DeclarationBytes>) => ({
        configuration: set.has(configuration.identifier),
        activation: set.has(activation.identifier),
      })
      return {
        ok: true,
        at: new Date(),
        ...heldPair(e),
        ...(subscription && { subscription: heldPair(subscription) }),
        inSet: {
          ...isIn(e),
          ...(subscription && { subscription: isIn(subscription) }),
          others: [...set].filter((name) => !own.includes(name)),
        },
        attached: attached.has(`${e.enrollmentId} ${e.set}`),
        otherSets: otherSets(e.enrollmentId, e.set),
        foreignUpdates: [],
        leftOut: 0,
      }
    },
    notify: async (enrollmentId) => {
      const fate = stepFates[state.fates.notifyDevice ?? 'done']
      if (fate.takes) state.notified.push(enrollmentId)
      if (fate.says === 'dies') throw new Error('the process died at notifyDevice')
      return { at: new Date(), ...answerOf(fate.says, true) }
    },
    statusReport: async () => ({ status: 'none', reason: 'no report' }),
  }
  return { server, state: Object.assign(state, { server }) }
}

const subscriptionOf = ({ subscription }: Enforcement) => {
  if (!subscription) throw new Error('the set has no status subscription')
  return subscription
}

const declared = (identifier: string) => ({
  identifier,
  type: identifier.endsWith('.enforce')
    ? configurationType
    : identifier.endsWith('.subscribe')
      ? subscriptionType
      : 'com.apple.activation.simple',
})

const answerOf = (
  says: 'done' | 'unsure' | 'cannotPush' | 'refused' | 'notConnected',
  changed: boolean,
): Pick<StepAnswer, 'outcome' | 'reason' | 'httpStatus' | 'body' | 'noAnswer'> => {
  if (says === 'done')
    return changed
      ? { outcome: 'done', httpStatus: 204, body: '', reason: 'stored (204)' }
      : { outcome: 'alreadySo', httpStatus: 304, body: '', reason: 'it is so (304)' }
  if (says === 'unsure')
    return { outcome: 'unsure', reason: 'the connection broke', noAnswer: true }
  if (says === 'cannotPush')
    return { outcome: 'unsure', httpStatus: 500, body: '{"error":"push"}', reason: 'no push (500)' }
  if (says === 'notConnected')
    return { outcome: 'refused', reason: 'no connection could be made', noAnswer: true }
  return { outcome: 'refused', httpStatus: 400, body: '{"error":"no"}', reason: 'refused (400)' }
}

/** An MDM server with a server of declarations beside it. */
export function declaringServer() {
  const { servers, ledger } = fakeServer()
  const { server: declarations, state } = fakeDeclarations()
  const both = async (): Promise<MdmServer> => ({ ...(await servers()), declarations })
  return { servers: both, ledger, state }
}
