import { forget, readAll, store, waitingPlace } from '@/components/forms/browser-store'
import {
  type EntryProblem,
  reasonProblem,
  sightingProblem,
  tickProblem,
} from '@/lib/domain/trial/entry-problem'
import {
  type ObservationKind,
  observationInfo,
  observationKinds,
} from '@/lib/domain/trial/observation'
import { minutesInWords } from './spans'

/** A step of the protocol that was ticked off, or was not done; any other kind is a sighting. */
export const stepDone = 'stepDone'
export const stepNotDone = 'stepNotDone'

/**
 * What was tapped or typed at the bench and is not in the record yet: it waits a few seconds for an undo, and for as long as
 * there is no connection.
 */
export type Tap = {
  kind: ObservationKind | typeof stepDone | typeof stepNotDone
  /** The step, from 1; only of a tick. */
  step?: number | undefined
  /** When it was seen, by the server's clock, in ISO 8601. */
  at: string
  /** Makes sending it again harmless. */
  nonce: string
  /** Sent from then on, by this browser's clock, in milliseconds since 1970. */
  dueAt: number
  /** Its place in the queue: they are sent in their order. */
  place: number
  /** How far the server's clock was ahead of this browser's when `at` was worked out; undefined for a typed time. */
  aheadMs?: number | undefined
  text?: string | undefined
  osVersion?: string | undefined
  osBuild?: string | undefined
  /** The entry in the record that it puts right, and why. */
  correctsId?: number | undefined
  reason?: string | undefined
  /** It is on its way since then, by this browser's clock, from this or another tab: it can no longer be taken back. */
  sentAt?: number | undefined
  /** It was sent and no answer came, so it may be in the record. */
  unanswered?: boolean | undefined
  /** Its fields are open to be changed, so it is not sent; an open page that is closed loses nothing. */
  held?: boolean | undefined
  /** Why the server refused it, or why it is not sent before somebody looks; it is not sent again. */
  problem?: string | undefined
}

/** What is put into the queue; the queue gives it its place. */
export type NewTap = Omit<Tap, 'dueAt' | 'place' | 'sentAt'>

export const undoMs = 5_000
export const retryMs = 5_000
/** A request without an answer for so long is taken for lost, with the tab that made it. Sending it again is harmless. */
export const answerMs = 30_000

export const isTick = (kind: Tap['kind']): kind is typeof stepDone | typeof stepNotDone =>
  kind === stepDone || kind === stepNotDone

/** The one to send next, or that is on its way: they are sent in their order, so a later one waits for an earlier one. */
export const nextOf = (taps: readonly Tap[]): Tap | undefined =>
  taps.find(({ problem, held }) => problem === undefined && !held)

/** The one to send now. One that is due later than any wait lasts is due now: the clock of this browser was put back. */
export function nextDue(taps: readonly Tap[], nowMs: number): Tap | undefined {
  const first = nextOf(taps)
  if (!first || first.sentAt !== undefined) return undefined
  const leftMs = first.dueAt - nowMs
  return leftMs <= 0 || leftMs > Math.max(undoMs, retryMs) ? first : undefined
}

/** What was tapped, in the words of its button. */
export function tapWords({ kind, step, correctsId }: Pick<Tap, 'kind' | 'step' | 'correctsId'>) {
  const words = isTick(kind)
    ? `Step ${step} ${kind === stepDone ? 'done' : 'not done'}`
    : observationInfo[kind].label
  return correctsId === undefined ? words : `Correction: ${words}`
}

/** A page is on its way for less than this. */
const clockMs = 120_000

/**
 * Why the time of a tap is not certain: the clock of this browser has been changed since, so that the server's time was
 * worked out with a difference that no longer holds.
 * @param aheadMs how far the server's clock is ahead now
 */
export function clockProblem({ aheadMs: then }: Tap, aheadMs: number): string | undefined {
  if (then === undefined || Math.abs(then - aheadMs) < clockMs) return undefined
  const span = minutesInWords(Math.round(Math.abs(then - aheadMs) / 60_000))
  return `the clock of this browser was changed by ${span} since. Check the time, then log it`
}

/** What is wrong with an entry before the server has seen it: what was typed, and what already waits in the queue. */
export function queueProblem(taps: readonly Tap[], entry: NewTap): EntryProblem | undefined {
  const { kind, step, at, text, correctsId, reason, nonce } = entry
  if (Number.isNaN(Date.parse(at)))
    return { field: isTick(kind) ? 'at' : 'observedAt', reason: 'give a date and a time' }
  const typed = isTick(kind)
    ? tickProblem(kind === stepDone, text)
    : sightingProblem({ ...entry, kind })
  if (typed) return typed
  const others = taps.filter((tap) => tap.nonce !== nonce)
  if (correctsId === undefined) {
    const twice = isTick(kind) && others.some((tap) => isTick(tap.kind) && tap.step === step)
    return twice
      ? { field: 'step', reason: `an entry about step ${step} waits already` }
      : undefined
  }
  const unexplained = reasonProblem(reason)
  if (unexplained) return unexplained
  if (others.some((tap) => isTick(tap.kind) === isTick(kind) && tap.correctsId === correctsId))
    return { field: 'correctsId', reason: 'a correction of this entry waits already' }
  return others.some((tap) => tap.reason?.trim() === reason?.trim())
    ? {
        field: 'reason',
        reason: 'this is the reason of a correction that waits: say what was wrong here',
      }
    : undefined
}

/** The queue of one person on one trial, as this browser keeps it. */
export type TapQueue = {
  /** In their order. */
  list(): Tap[]
  /** Adds it, or changes the one with its nonce. */
  put(tap: Tap): void
  drop(nonce: string): void
  /**
   * What an answer makes of the one that was sent: it is changed, or dropped without `more`. One that was changed or taken
   * back since, perhaps in another tab, is left as it is; sending it again is harmless.
   */
  settle(sent: Tap, more?: Partial<Tap>): void
  /** Takes it back, unless it is on its way. */
  undo(nonce: string): void
  /** Lets those go on whose answer will not come any more. */
  expire(nowMs: number): void
  /** Whether all of it outlives this page. */
  isKept(): boolean
}

/**
 * Opens a queue. Each tap has a key of its own in localStorage, written before the press has ended: a closed tab loses none,
 * and two tabs never write over one another. What the browser refuses to store is kept by this page alone.
 */
export function openQueue(person: string, trialId: string): TapQueue {
  const place = waitingPlace(person, trialId)
  const unstored = new Map<string, Tap>()
  const list = () => {
    const stored = readAll(place).filter(isTap)
    // What could be stored once may since have been changed in a browser that is full.
    const unchanged = stored.filter(({ nonce }) => !unstored.has(nonce))
    return [...unchanged, ...unstored.values()].toSorted(inOrder)
  }
  const put = (tap: Tap) => {
    if (store(place + tap.nonce, tap)) unstored.delete(tap.nonce)
    else unstored.set(tap.nonce, tap)
  }
  const drop = (nonce: string) => {
    unstored.delete(nonce)
    forget(place + nonce)
  }
  const settle = (sent: Tap, more?: Partial<Tap>) => {
    const now = list().find(({ nonce }) => nonce === sent.nonce)
    if (JSON.stringify(now) !== JSON.stringify(sent)) return
    if (more) put({ ...sent, ...more })
    else drop(sent.nonce)
  }
  const undo = (nonce: string) => {
    if (list().find((tap) => tap.nonce === nonce)?.sentAt === undefined) drop(nonce)
  }
  const expire = (nowMs: number) => {
    // A later time is of a clock that was put back since.
    for (const { sentAt, ...tap } of list())
      if (sentAt !== undefined && (nowMs < sentAt || nowMs - sentAt > answerMs))
        put({ ...tap, unanswered: true })
  }
  const isKept = () => unstored.size === 0
  return { list, put, drop, settle, undo, expire, isKept }
}

/** The place of one more at their end. */
export const placeAfter = (taps: readonly Tap[]): number =>
  Math.max(0, ...taps.map(({ place }) => place)) + 1

const inOrder = (a: Tap, b: Tap) => a.place - b.place || (a.nonce < b.nonce ? -1 : 1)

const isTap = (one: unknown): one is Tap => {
  if (typeof one !== 'object' || one === null) return false
  const { kind, step, at, nonce, dueAt, place }: Partial<Tap> = one
  const isKnown =
    kind === stepDone || kind === stepNotDone
      ? typeof step === 'number'
      : observationKinds.some((known) => known === kind)
  const isWhole = typeof at === 'string' && typeof nonce === 'string'
  return isKnown && isWhole && typeof dueAt === 'number' && typeof place === 'number'
}
