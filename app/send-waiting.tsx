'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useEffect, useState } from 'react'
import { useAheadMs, useWrittenAt } from '@/components/data/when'
import { trialsWaiting } from '@/components/forms/browser-store'
import { usePerson } from '@/components/forms/drafts'
import { paths } from '@/lib/paths'

type Loaded = typeof import('./trials/[id]/observe/sent-elsewhere')

/** Looks again so often: without a connection, what sends could not be loaded. */
const lookMs = 10_000

/**
 * On every page: what was tapped on a trial and waits in this browser is sent from here too, so that an entry does not wait
 * until somebody opens its trial again. What sends it is loaded only where something waits.
 */
export function SendWaiting() {
  const person = usePerson()
  const pathname = usePathname()
  const isPast = useSearchParams().has('asOf')
  const aheadMs = useAheadMs(new Date(useWrittenAt()).toISOString())
  const [trials, setTrials] = useState<readonly string[]>([])
  const [loaded, setLoaded] = useState<Loaded>()
  useEffect(() => {
    if (!person) return
    const look = () => {
      // The page of a trial sends its own, unless it shows the past.
      const found = trialsWaiting(person).filter(
        (trial) => isPast || pathname !== paths.trial(trial),
      )
      setTrials((before) => (before.join() === found.join() ? before : found))
      if (found.length > 0)
        import('./trials/[id]/observe/sent-elsewhere').then(setLoaded, () => undefined)
    }
    look()
    const timer = setInterval(look, lookMs)
    window.addEventListener('storage', look)
    return () => {
      clearInterval(timer)
      window.removeEventListener('storage', look)
    }
  }, [person, pathname, isPast])
  if (!loaded || trials.length === 0) return null
  return trials.map((trial) => (
    <loaded.SentElsewhere key={trial} trialId={trial} aheadMs={aheadMs} />
  ))
}
