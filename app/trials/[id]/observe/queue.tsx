'use client'

import { unstable_rethrow } from 'next/navigation'
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useTransition,
} from 'react'
import { useAheadMs } from '@/components/data/when'
import { usePerson } from '@/components/forms/drafts'
import { useOnline } from '@/components/forms/use-online'
import { type Refusal, refused } from '@/lib/core/shared/result'
import { changeInDoubt } from '@/lib/domain/database-away'
import { observeAction, tickStepAction } from '../actions'
import {
  clockProblem,
  isTick,
  type NewTap,
  nextDue,
  openQueue,
  placeAfter,
  queueProblem,
  retryMs,
  stepDone,
  type Tap,
  undoMs,
} from './taps'
import { newNonce } from './typed-time'

const tickMs = 250

type Entered = { status: 'logged' | 'ticked' | 'waits' }

/** The queue of a person on a trial, and its way into the record. */
export type Queue = {
  taps: readonly Tap[]
  /** Whether there is no connection, as far as is known. */
  offline: boolean
  /** Whether all of it outlives this page. */
  isKept: boolean
  /** The one that reached the record last. */
  logged: NewTap | undefined
  /** One tap, now: sent after a moment for an undo. */
  tap(kind: Tap['kind'], step?: number): void
  /** An entry with fields: sent at once, and kept in the queue where there is no connection. */
  enter(entry: NewTap): Promise<Entered | Refusal>
  remove(nonce: string): void
  /** Holds one while its fields are open; without `held` it goes on as it was. */
  hold(nonce: string, held: boolean): void
  /** Sends one once more that was refused, at the time it has: a person has looked. */
  retry(nonce: string): void
}

function record(entry: NewTap, trialId: string) {
  const { kind, at, nonce, step = 0, text = '', osVersion = '', osBuild = '', reason = '' } = entry
  const { correctsId } = entry
  const corrects = correctsId === undefined ? {} : { correctsId }
  return isTick(kind)
    ? tickStepAction({
        ...{ trialId, nonce, step, done: kind === stepDone, at: new Date(at), note: text },
        ...(correctsId !== undefined && { correctsId, reason }),
      })
    : observeAction({
        ...{ trialId, nonce, kind, observedAt: new Date(at), text, osVersion, osBuild, reason },
        ...corrects,
      })
}

const QueueContext = createContext<Queue | undefined>(undefined)

/** The queue of the trial around; undefined in a history, which records nothing. */
export const useQueue = (): Queue | undefined => useContext(QueueContext)

/** The same for what stands within a trial that records. */
export function useQueueHere(): Queue {
  const queue = useQueue()
  if (!queue) throw new Error('this stands within WithQueue')
  return queue
}

type Props = {
  trialId: string
  /** ISO 8601. */
  serverNow: string
  /** Whether entries are only kept: the page that is shown without a connection sends nothing itself. */
  keepsOnly?: boolean
  children: ReactNode
}

/** Around a trial: its queue, which this page sends one at a time, in its order. */
export function WithQueue({ trialId, serverNow, keepsOnly = false, children }: Props) {
  const aheadMs = useAheadMs(serverNow)
  const online = useOnline()
  const stored = useStored(trialId)
  const isOff = keepsOnly || !online
  const sender = useSender({ trialId, aheadMs, isOff, ...stored })
  const { taps, change, isKept } = stored
  const { lost, logged, setLogged } = sender

  const put = (nonce: string, more: Partial<Tap>) =>
    change((queue) => {
      const found = queue.list().find((one) => one.nonce === nonce)
      if (found && found.sentAt === undefined) queue.put({ ...found, ...more })
    })
  const value: Queue = {
    ...{ taps, isKept, logged, offline: isOff || lost },
    enter: enterFor({ trialId, isOff, ...stored, ...sender }),
    tap: (kind, step) => {
      setLogged(undefined)
      const at = new Date(Date.now() + aheadMs).toISOString()
      addTo(change, { kind, step, at, aheadMs, nonce: newNonce() }, undoMs)
    },
    remove: (nonce) => void change((queue) => queue.undo(nonce)),
    hold: (nonce, held) => void put(nonce, { held, dueAt: Date.now() + undoMs }),
    retry: (nonce) => {
      const asked = { problem: undefined, held: false, aheadMs: undefined, dueAt: Date.now() }
      put(nonce, asked)
    },
  }
  return <QueueContext value={value}>{children}</QueueContext>
}

type Stored = ReturnType<typeof useStored>
type Change = Stored['change']

const addTo = (change: Change, entry: NewTap, afterMs: number) =>
  void change((queue) =>
    queue.put({ ...entry, dueAt: Date.now() + afterMs, place: placeAfter(queue.list()) }),
  )

type Way = Pick<Stored, 'change'> & { trialId: string; isOff: boolean }

/** Sends what is due. */
function useSender({ trialId, aheadMs, isOff, taps, change }: Way & Stored & { aheadMs: number }) {
  const [lost, setLost] = useState(false)
  const [logged, setLogged] = useState<NewTap>()
  const [sending, start] = useTransition()
  const send = useCallback(
    async (sent: Tap) => {
      const settle = (more?: Partial<Tap>) =>
        void change((queue) => queue.settle(sent, more && { sentAt: undefined, ...more }))
      const result = await tryToRecord(sent, trialId).catch((error: unknown) => {
        settle({})
        throw error
      })
      setLost(result === undefined)
      if (result === undefined) return settle({ unanswered: true, dueAt: Date.now() + retryMs })
      if (result.status === 'refused') return settle({ problem: result.reason })
      settle()
      setLogged(sent)
    },
    [change, trialId],
  )
  useEffect(() => {
    if (taps.length === 0 || sending || isOff) return
    const timer = setInterval(() => {
      // Not those that were shown: another tab may have sent or taken back the first.
      const due = nextDue(change(), Date.now())
      if (!due) return
      const problem = clockProblem(due, aheadMs)
      if (problem) {
        change((queue) => queue.settle(due, { problem }))
        return
      }
      const sent = { ...due, sentAt: Date.now() }
      change((queue) => queue.put(sent))
      start(() => send(sent))
    }, tickMs)
    return () => clearInterval(timer)
  }, [taps, sending, send, change, isOff, aheadMs])
  return { lost, setLost, logged, setLogged }
}

/** Undefined where it is not known whether it was recorded: sending it again is harmless. */
async function tryToRecord(entry: NewTap, trialId: string) {
  try {
    const result = await record(entry, trialId)
    return result.status === 'refused' && result.reason === changeInDoubt ? undefined : result
  } catch (error) {
    // Next sends people to sign-in by throwing; the tap is sent when they are back.
    unstable_rethrow(error)
    return undefined
  }
}

/** Records an entry with fields, or puts it into the queue. */
function enterFor({
  trialId,
  isOff,
  change,
  setLost,
  setLogged,
}: Way & ReturnType<typeof useSender>) {
  return async (entry: NewTap): Promise<Entered | Refusal> => {
    const result = isOff ? undefined : await tryToRecord(entry, trialId)
    if (!isOff) setLost(result === undefined)
    if (result?.status === 'refused') return result
    if (result) {
      setLogged(entry)
      change((queue) => queue.drop(entry.nonce))
      return result
    }
    const wrong = queueProblem(change(), entry)
    if (wrong) return refused(wrong.reason, wrong.field)
    addTo(change, isOff ? entry : { ...entry, unanswered: true }, 0)
    return { status: 'waits' }
  }
}

/** What the browser has stored, which counts: another tab may have the same trial open. */
function useStored(trialId: string) {
  const person = usePerson()
  const queue = useMemo(() => person && openQueue(person, trialId), [person, trialId])
  const [taps, setTaps] = useState<readonly Tap[]>([])
  const change = useCallback(
    (by: (queue: ReturnType<typeof openQueue>) => void = () => undefined) => {
      if (!queue) return []
      by(queue)
      const now = queue.list()
      setTaps((before) => (JSON.stringify(before) === JSON.stringify(now) ? before : now))
      return now
    },
    [queue],
  )
  useEffect(() => {
    const show = () => void change()
    show()
    window.addEventListener('storage', show)
    return () => window.removeEventListener('storage', show)
  }, [change])
  const someSent = taps.some(({ sentAt }) => sentAt !== undefined)
  useEffect(() => {
    if (!someSent) return
    const timer = setInterval(() => change((queue) => queue.expire(Date.now())), 1_000)
    return () => clearInterval(timer)
  }, [someSent, change])
  return { taps, change, isKept: !queue || queue.isKept() }
}
