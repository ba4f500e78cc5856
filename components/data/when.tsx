'use client'

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react'
import { clockTime, exactTime } from '@/lib/domain/text/instant'
import classes from './when.module.css'

const tickMs = 5000
let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

// One timer for all times on the page, so that times side by side are of one moment.
function subscribe(listener: () => void) {
  listeners.add(listener)
  if (timer === undefined) {
    now = Date.now()
    timer = setInterval(() => {
      now = Date.now()
      for (const tell of listeners) tell()
    }, tickMs)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** When the page was asked for: the first render in the browser uses it too, so that hydration finds the same words. */
const WrittenAt = createContext(0)

/** Around the whole page. @param at ISO 8601 */
export const Clock = ({ at, children }: { at: string; children: ReactNode }) => (
  <WrittenAt value={Date.parse(at)}>{children}</WrittenAt>
)

/** When the page was asked for, in milliseconds; a page of a later navigation is younger. Zero if nobody said it. */
export const useWrittenAt = (): number => useContext(WrittenAt)

/** How far the server's clock is ahead of this browser's, in milliseconds; measured again whenever the page is refreshed. */
export function useAheadMs(serverNow: string): number {
  const [aheadMs, setAhead] = useState(() => Date.parse(serverNow) - Date.now())
  useEffect(() => setAhead(Date.parse(serverNow) - Date.now()), [serverNow])
  return aheadMs
}

type Form = 'relative' | 'clock' | 'exact'
const TimeForm = createContext<Form>('relative')

/** Around a record of the past, where "2 min ago" could be read as before now. */
export const ExactTimes = ({ children }: { children: ReactNode }) => (
  <TimeForm value="exact">{children}</TimeForm>
)

/** Around a record: the clock's time first, how long ago second. */
export const ClockTimes = ({ children }: { children: ReactNode }) => (
  <TimeForm value="clock">{children}</TimeForm>
)

/** A time as people read it; it keeps itself up to date. On paper, where nothing does, the exact one in UTC. */
export function When({ at, exact = false }: { at: Date | string; exact?: boolean }) {
  const time = new Date(at)
  const form = useContext(TimeForm)
  const writtenAt = useWrittenAt()
  const current = useSyncExternalStore(
    subscribe,
    () => now,
    () => writtenAt,
  )
  if (exact || form === 'exact') return <time dateTime={time.toISOString()}>{exactTime(time)}</time>
  // A page may be older than the last tick; a time just made is not "in 3 s".
  const reference = new Date(Math.max(current, Math.min(time.getTime(), current + tickMs)))
  const age = relativeTime(time, reference)
  return (
    <time className={classes.printed} dateTime={time.toISOString()} title={exactTime(time)}>
      <span className={classes.screen}>
        {form === 'clock' ? (
          <>
            <span className={classes.clock}>{clockTime(time, reference)}</span>{' '}
            <span className={classes.age}>({age})</span>
          </>
        ) : (
          age
        )}
      </span>
    </time>
  )
}

const steps: readonly { unit: string; seconds: number }[] = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3600 },
  { unit: 'min', seconds: 60 },
]

/** How long ago, or how far ahead, in one rounded-down unit: "5 min ago", "in 2 h", "just now". */
export function relativeTime(at: Date, now: Date): string {
  const seconds = Math.trunc((now.getTime() - at.getTime()) / 1000)
  const length = Math.abs(seconds)
  if (length < 5) return 'just now'
  const { unit, seconds: one } = steps.find((step) => length >= step.seconds) ?? {
    unit: 's',
    seconds: 1,
  }
  const words = `${Math.floor(length / one)} ${unit}`
  return seconds > 0 ? `${words} ago` : `in ${words}`
}
