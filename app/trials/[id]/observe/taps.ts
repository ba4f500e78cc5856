import {
  type ObservationKind,
  observationInfo,
  observationKinds,
} from '@/lib/domain/trial/observation'

/** A step of the protocol that was ticked off with one tap; any other kind is a sighting. */
export const stepDone = 'stepDone'

/**
 * Sightings and ticks that were tapped and are not in the record yet: each waits a few seconds for an undo, and for as long as
 * there is no connection. They stand in this browser's localStorage, so that a reload or a closed tab loses none.
 */
export type Tap = {
  kind: ObservationKind | typeof stepDone
  /** The step, from 1; only of a tick. */
  step?: number | undefined
  /** When it was seen, by the server's clock, in ISO 8601. */
  at: string
  /** Makes sending it again harmless. */
  nonce: string
  /** Sent from then on, by this browser's clock, in milliseconds since 1970. */
  dueAt: number
  /** Why the server refused it; it is not sent again. */
  problem?: string | undefined
}

export const undoMs = 5_000
export const retryMs = 5_000

/** The one to send: taps are sent in their order, so a later one waits for an earlier one. */
export function nextDue(taps: readonly Tap[], nowMs: number): Tap | undefined {
  const first = taps.find(({ problem }) => problem === undefined)
  return first && first.dueAt <= nowMs ? first : undefined
}

export const without = (taps: readonly Tap[], nonce: string): Tap[] =>
  taps.filter((tap) => tap.nonce !== nonce)

export const changed = (taps: readonly Tap[], nonce: string, change: Partial<Tap>): Tap[] =>
  taps.map((tap) => (tap.nonce === nonce ? { ...tap, ...change } : tap))

const prefix = 'oneway.sightings/'

/** The browser's localStorage; undefined when it is blocked. */
function store(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}

/**
 * The stored taps; undefined where the browser stores nothing.
 * @param key the person and the trial: nobody sends what another person has seen
 */
export function readTaps(key: string): Tap[] | undefined {
  try {
    const kept = store()
    if (!kept) return undefined
    const read: unknown = JSON.parse(kept.getItem(prefix + key) ?? '[]')
    return Array.isArray(read) ? read.filter(isTap) : []
  } catch {
    return []
  }
}

/** What was tapped, in the words of its button. */
export const tapWords = ({ kind, step }: Pick<Tap, 'kind' | 'step'>): string =>
  kind === stepDone ? `Step ${step} done` : observationInfo[kind].label

const isTap = (one: Partial<Tap> | null): one is Tap =>
  (one?.kind === stepDone
    ? typeof one.step === 'number'
    : observationKinds.some((kind) => kind === one?.kind)) &&
  typeof one?.at === 'string' &&
  typeof one.nonce === 'string' &&
  typeof one.dueAt === 'number'

export function keepTaps(key: string, taps: readonly Tap[]): void {
  try {
    if (taps.length === 0) store()?.removeItem(prefix + key)
    else store()?.setItem(prefix + key, JSON.stringify(taps))
  } catch {
    // The store is full: they are kept by the open page alone.
  }
}
