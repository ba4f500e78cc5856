'use client'

import { Group, Text } from '@mantine/core'
import { IconPointFilled, IconRefresh } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { paths } from '@/lib/paths'

const settleMs = 150
const pollMs = 5000

type Props = { trialId?: string; deviceId?: string }

/**
 * Keeps a page current: reads it anew when the database tells of a change, and every five seconds
 * while the stream is down. Render it only where something can still change.
 */
export function Live({ trialId, deviceId }: Props) {
  const connected = useStream(paths.liveEvents({ trialId, deviceId }))
  const Shape = connected ? IconPointFilled : IconRefresh
  return (
    // As wide as its longest word: what stands beside it must not jump when the stream is there.
    <Group gap={4} component="span" display="inline-flex" role="status" w={100} wrap="nowrap">
      <Shape
        size={14}
        color={`var(--mantine-color-${connected ? 'green' : 'yellow'}-text)`}
        aria-hidden
      />
      <Text span size="xs" c="dimmed">
        {connected ? 'live' : 'reconnecting'}
      </Text>
    </Group>
  )
}

function useStream(url: string): boolean {
  const router = useRouter()
  const [connected, setConnected] = useState(false)

  useEffect(() => {
    let settling: ReturnType<typeof setTimeout> | undefined
    // One reply writes many rows and each row tells; one look at the end of them is enough.
    const lookSoon = () => {
      settling ??= setTimeout(() => {
        settling = undefined
        router.refresh()
      }, settleMs)
    }
    let source: EventSource
    const open = () => {
      source = new EventSource(url)
      source.addEventListener('open', () => {
        setConnected(true)
        lookSoon() // What changed before the stream stood was told to nobody.
      })
      source.addEventListener('change', lookSoon)
      source.addEventListener('error', () => setConnected(false))
    }
    open()
    const poll = setInterval(() => {
      if (source.readyState === EventSource.OPEN) return
      lookSoon()
      // After an answer that is no stream the browser gives up for good, so begin anew.
      if (source.readyState === EventSource.CLOSED) open()
    }, pollMs)
    return () => {
      source.close()
      clearInterval(poll)
      clearTimeout(settling)
    }
  }, [url, router])

  return connected
}
