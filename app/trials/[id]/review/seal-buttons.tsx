'use client'

import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { opened } from '@/components/forms/opened'
import { useReady } from '@/components/forms/ready-form'
import type { ReviewState } from '@/lib/domain/review/review'
import type { ReviewView } from './review-view'
import type { Way } from './seal-modal'

const SealModal = opened(() => import('./seal-modal').then((file) => file.SealModal))

const buttons: Record<Way, string> = {
  approve: 'Approve…',
  lock: 'Lock…',
  unlock: 'Unlock…',
}

const offered: Record<ReviewState, Way[]> = {
  inReview: ['approve', 'lock'],
  approved: ['lock', 'unlock'],
  locked: ['unlock'],
}

type Props = { trialId: string; state: ReviewState; mayNot: ReviewView['mayNot'] }

/** The signed actions that are possible now; a disabled one says why. */
export function SealButtons({ trialId, state, mayNot }: Props) {
  const ready = useReady()
  const [way, setWay] = useState<Way>()
  const ways = offered[state]
  const [first] = ways
  const buttonOf = (one: Way) =>
    one === 'unlock' && state === 'approved' ? 'Take back the approval…' : buttons[one]
  return (
    <Stack gap={4}>
      <Group gap="xs">
        {ways.map((one) => (
          <Button
            key={one}
            variant={one === first && one !== 'unlock' ? 'filled' : 'default'}
            disabled={!ready || mayNot[one] !== undefined}
            title={mayNot[one]}
            onClick={() => setWay(one)}
          >
            {buttonOf(one)}
          </Button>
        ))}
      </Group>
      {first && mayNot[first] && (
        <Text size="xs" c="dimmed" data-screen-only>
          {buttons[first].replace('…', '')}: {mayNot[first]}
        </Text>
      )}
      {way && (
        <SealModal
          trialId={trialId}
          way={way}
          verb={buttonOf(way).replace('…', '')}
          onClose={() => setWay(undefined)}
        />
      )}
    </Stack>
  )
}
