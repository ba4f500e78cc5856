'use client'

import { Affix, Group, Paper, Text } from '@mantine/core'
import { IconPointFilled, IconRefresh } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useRef, useState, useTransition } from 'react'
import { isActing } from '@/components/forms/use-action'
import type { LiveList } from '@/lib/domain/live'
import { clockTime } from '@/lib/domain/text/instant'
import { paths } from '@/lib/paths'
import { useWrittenAt } from './when'

const settleMs = 150
const pollMs = 5000
const slowMs = 5000

type Props = {
  trialId?: string
  deviceId?: string
  lists?: readonly LiveList[]
  /** The shortest time between two refreshes; none for the page of one record, which changes seldom. */
  paceMs?: number
}

const listPaceMs = 5_000
const chartPaceMs = 30_000

/** Keeps a list current. A busy lab changes it many times a second, so it is refreshed every five seconds at most. */
export const LiveTable = ({ of }: { of: readonly LiveList[] }) => (
  <Live lists={of} paceMs={listPaceMs} />
)

/** Keeps a page current that is computed from all trials: refreshed every 30 seconds at most. */
export const LiveCharts = () => <Live lists={['trials', 'devices']} paceMs={chartPaceMs} />

/**
 * Keeps a page current: refreshes it when the database reports a change, and every five seconds while the
 * stream is down. Render it only where something can still change. A hidden page follows nothing and is refreshed
 * when it is shown again: a browser opens six connections to a server of HTTP/1.1, and a stream takes one.
 */
export function Live({ trialId, deviceId, lists, paceMs = 0 }: Props) {
  const writtenAt = useWrittenAt()
  // A refresh makes the page younger, and its stream may stay.
  const [since] = useState(writtenAt === 0 ? undefined : new Date(writtenAt).toISOString())
  const url = paths.liveEvents({ trialId, deviceId, lists: lists?.join(','), since })
  const { connected, oldSince } = useStream(url, paceMs)
  const isLive = connected && !oldSince
  const Shape = isLive ? IconPointFilled : IconRefresh
  return (
    // On an element of its own, so that print styles can hide it: nothing is live on paper.
    <span data-screen-only>
      {/* As wide as its longest word, so that its neighbours do not jump when the stream connects. */}
      <Group
        gap={4}
        component="span"
        display="inline-flex"
        role="status"
        w={100}
        wrap="nowrap"
        style={{ verticalAlign: 'middle' }}
      >
        <Shape
          size={14}
          color={`var(--mantine-color-${isLive ? 'green' : 'yellow'}-text)`}
          aria-hidden
        />
        <Text span size="xs" c="dimmed">
          {oldSince ? 'not current' : connected ? 'live' : 'reconnecting'}
        </Text>
      </Group>
      {oldSince && <Old since={oldSince} />}
    </span>
  )
}

// Over the page, and a press goes through it: nothing may move or be in the way of somebody who presses a button.
const Old = ({ since }: { since: Date }) => (
  <Affix position={{ top: 58, right: 8 }} style={{ pointerEvents: 'none' }}>
    <Paper withBorder shadow="sm" px="xs" py={4} data-screen-only>
      <Text size="xs" c="yellow" role="status">
        not current since {clockTime(since, new Date())}: the database has not answered yet
      </Text>
    </Paper>
  </Affix>
)

/** When a refresh began that has taken longer than it ever should. */
function useOldSince(reading: boolean): Date | undefined {
  const [since, setSince] = useState<Date>()
  useEffect(() => {
    if (!reading) return
    const begun = new Date()
    const timer = setTimeout(() => setSince(begun), slowMs)
    return () => {
      clearTimeout(timer)
      setSince(undefined)
    }
  }, [reading])
  return since
}

function useStream(
  url: string,
  paceMs: number,
): { connected: boolean; oldSince: Date | undefined } {
  const [connected, setConnected] = useState(false)
  const { lookSoon, oldSince } = useRefresh(paceMs)

  useEffect(() => {
    let source: EventSource | undefined
    const open = () => {
      source = new EventSource(url)
      // The server reports at once what has changed since the page was asked for.
      source.addEventListener('open', () => setConnected(true))
      source.addEventListener('change', lookSoon)
      source.addEventListener('error', () => setConnected(false))
    }
    const close = () => {
      source?.close()
      source = undefined
    }
    const followWhileShown = () => {
      close()
      if (!document.hidden) open()
    }
    followWhileShown()
    document.addEventListener('visibilitychange', followWhileShown)
    const poll = setInterval(() => {
      if (document.hidden || source?.readyState === EventSource.OPEN) return
      lookSoon()
      // After an answer that is not a stream the browser stops for good, so open a new one.
      if (source?.readyState === EventSource.CLOSED) open()
    }, pollMs)
    return () => {
      document.removeEventListener('visibilitychange', followWhileShown)
      close()
      clearInterval(poll)
    }
  }, [url, lookSoon])

  return { connected, oldSince }
}

/**
 * Refreshes the page, one refresh at a time and none beside an action. React shows pages that are under way
 * together only when the last has arrived, so on a slow server one change after the other would keep the page,
 * and the dialog of an action, as they are.
 */
function useRefresh(paceMs: number): { lookSoon: () => void; oldSince: Date | undefined } {
  const router = useRouter()
  const [reading, startReading] = useTransition()
  const [waiting, setWaiting] = useState(false)
  const isReading = useRef(false)
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined)
  const lastLook = useRef(0)
  const oldSince = useOldSince(reading || waiting)

  useEffect(() => {
    isReading.current = reading
  }, [reading])
  useEffect(
    () => () => {
      clearTimeout(settling.current)
      settling.current = undefined
    },
    [],
  )

  const lookSoon = useCallback(() => {
    const look = () => {
      const mustWait = isReading.current || isActing()
      setWaiting(mustWait)
      settling.current = mustWait ? setTimeout(look, settleMs) : undefined
      // Without a network Next would load the page anew, and what is shown and typed would be gone.
      if (mustWait || !navigator.onLine) return
      lastLook.current = Date.now()
      startReading(() => router.refresh())
    }
    // One reply writes many rows, each with a notice: refresh once, after the last.
    const pause = Math.max(settleMs, lastLook.current + paceMs - Date.now())
    settling.current ??= setTimeout(look, pause)
  }, [router, paceMs])
  return { lookSoon, oldSince }
}
