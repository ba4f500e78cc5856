'use client'

import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import { exactTime } from '@/lib/domain/exact-time'
import { relativeTime } from './relative-time'

const tickMs = 5000
let now = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

// One timer for all times on the page, however many a table has.
function subscribe(listener: () => void) {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const tell of listeners) tell()
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

const onTheServer = () => (typeof window === 'undefined' ? Date.now() : now)

const Exact = createContext(false)

/** Around what is no part of the present: there "2 min ago" would be taken for the reader's own. */
export const ExactTimes = ({ children }: { children: ReactNode }) => (
  <Exact value={true}>{children}</Exact>
)

/** A time as people read it, the exact one in UTC behind it; it keeps itself up to date. */
export function When({ at, exact = false }: { at: Date | string; exact?: boolean }) {
  const time = new Date(at)
  const always = useContext(Exact)
  const current = useSyncExternalStore(subscribe, () => now, onTheServer)
  // A page may be older than the last tick; a time just made is not "in 3 s".
  const reference = new Date(Math.max(current, Math.min(time.getTime(), current + tickMs)))
  return (
    // Between server and browser some seconds pass, so the words may differ; the exact time does not.
    <time dateTime={time.toISOString()} title={exactTime(time)} suppressHydrationWarning>
      {exact || always ? exactTime(time) : relativeTime(time, reference)}
    </time>
  )
}
