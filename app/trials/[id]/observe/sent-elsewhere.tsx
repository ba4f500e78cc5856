'use client'

import { Alert, Text } from '@mantine/core'
import { IconCloudUp } from '@tabler/icons-react'
import { useMemo } from 'react'
import { TextLink } from '@/components/data/links'
import { paths } from '@/lib/paths'
import { listBenches } from './kept-bench'
import { useQueueHere, WithQueue } from './queue'

type Props = {
  trialId: string
  /** How far the server's clock is ahead of this browser's. */
  aheadMs: number
}

/** Sends what waits on a trial while another page is open, and says where that does not go on by itself. */
export function SentElsewhere({ trialId, aheadMs }: Props) {
  const serverNow = useMemo(() => new Date(Date.now() + aheadMs).toISOString(), [aheadMs])
  return (
    <WithQueue trialId={trialId} serverNow={serverNow}>
      <NotSent trialId={trialId} />
    </WithQueue>
  )
}

function NotSent({ trialId }: { trialId: string }) {
  const { taps, offline } = useQueueHere()
  const stuck = taps.filter(({ problem, held }) => problem !== undefined || held)
  // Those that are sent within a moment are nothing to tell.
  const { length } = offline ? taps : stuck
  if (length === 0) return null
  const kept = listBenches().find(({ bench }) => bench.trialId === trialId)
  return (
    <Alert
      role="status"
      color="orange"
      variant="outline"
      mb="sm"
      py="xs"
      icon={<IconCloudUp aria-hidden />}
    >
      <Text size="sm">
        {length === 1 ? '1 entry' : `${length} entries`} on{' '}
        <TextLink href={paths.trial(trialId)}>{kept ? `T-${kept.number}` : 'a trial'}</TextLink>{' '}
        {length === 1 ? 'waits' : 'wait'} in this browser
        {offline ? ' for a connection.' : ': open the trial to see why.'}
      </Text>
    </Alert>
  )
}
