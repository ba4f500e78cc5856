'use client'

import { Text } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import { useAheadMs } from '@/components/data/when'
import { type OpenCommand, waitingWords } from '@/lib/domain/trial/release'

/**
 * The time by the server's clock, as near as a page can tell: a phone that is minutes off must neither
 * show a hold as over nor date an observation into the future.
 */
export function useServerClock(serverNow: string): () => Date {
  const aheadMs = useAheadMs(serverNow)
  return useCallback(() => new Date(Date.now() + aheadMs), [aheadMs])
}

/** The server's time, once a second; undefined in the server's HTML. */
export function useTicking(serverNow: string): Date | undefined {
  const clock = useServerClock(serverNow)
  const [now, setNow] = useState<Date>()
  useEffect(() => {
    setNow(clock())
    const timer = setInterval(() => setNow(clock()), 1000)
    return () => clearInterval(timer)
  }, [clock])
  return now
}

export type WaitsFor = {
  open: OpenCommand
  /** ISO 8601, by the server's clock. */
  serverNow: string
}

/** What the release waits for, by the second; it goes away when the answer is in. */
export function WaitsForNote({ open, serverNow }: WaitsFor) {
  const now = useTicking(serverNow) ?? new Date(serverNow)
  const words = waitingWords(open, now)
  return (
    <Text size="sm" role="status">
      {words.charAt(0).toUpperCase()}
      {words.slice(1)}.
    </Text>
  )
}
