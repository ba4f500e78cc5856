'use client'

import { Group, Text } from '@mantine/core'
import { IconPointFilled, IconRefresh } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useRef, useState, useTransition } from 'react'
import { isActing } from '@/components/forms/use-action'
import { clockTime } from '@/lib/domain/text/instant'
import { paths } from '@/lib/paths'

const settleMs = 150
const pollMs = 5000
const slowMs = 5000

type Props = { trialId?: string; deviceId?: string }

/**
 * Keeps a page current: refreshes it when the database reports a change, and every five seconds while the
 * stream is down. Render it only where something can still change.
 */
export function Live({ trialId, deviceId }: Props) {
  const { connected, oldSince } = useStream(paths.liveEvents({ trialId, deviceId }))
  if (oldSince) return <Old since={oldSince} />
  const Shape = connected ? IconPointFilled : IconRefresh
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
          color={`var(--mantine-color-${connected ? 'green' : 'yellow'}-text)`}
          aria-hidden
        />
        <Text span size="xs" c="dimmed">
          {connected ? 'live' : 'reconnecting'}
        </Text>
      </Group>
    </span>
  )
}

const Old = ({ since }: { since: Date }) => (
  <Text span size="xs" c="yellow" role="status">
    not current since {clockTime(since, new Date())}: the database has not answered yet
  </Text>
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

function useStream(url: string): { connected: boolean; oldSince: Date | undefined } {
  const [connected, setConnected] = useState(false)
  const { lookSoon, oldSince } = useRefresh()

  useEffect(() => {
    let source: EventSource
    const open = () => {
      source = new EventSource(url)
      source.addEventListener('open', () => {
        setConnected(true)
        lookSoon() // Changes before the stream connected were not reported.
      })
      source.addEventListener('change', lookSoon)
      source.addEventListener('error', () => setConnected(false))
    }
    open()
    const poll = setInterval(() => {
      if (source.readyState === EventSource.OPEN) return
      lookSoon()
      // After an answer that is not a stream the browser stops for good, so open a new one.
      if (source.readyState === EventSource.CLOSED) open()
    }, pollMs)
    return () => {
      source.close()
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
function useRefresh(): { lookSoon: () => void; oldSince: Date | undefined } {
  const router = useRouter()
  const [reading, startReading] = useTransition()
  const [waiting, setWaiting] = useState(false)
  const isReading = useRef(false)
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined)
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
      if (!mustWait) startReading(() => router.refresh())
    }
    // One reply writes many rows, each with a notice: refresh once, after the last.
    settling.current ??= setTimeout(look, settleMs)
  }, [router])
  return { lookSoon, oldSince }
}
