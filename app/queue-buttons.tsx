'use client'

import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { ActionButton } from '@/components/forms/action-button'
import { useReady } from '@/components/forms/ready-form'
import { ReasonModal } from '@/components/forms/reason-modal'
import { leaveQueueAction, moveInQueueAction } from './queue-actions'

type Props = {
  entryId: string
  /** Who waits for what: tells the buttons of one entry from those of another. */
  name: string
  own: boolean
  /** Whether this person is a lead, who moves and removes others. */
  manages: boolean
  isFirst: boolean
  isLast: boolean
}

/** What can be done with one place in a queue. */
export function QueueButtons({ entryId, name, own, manages, isFirst, isLast }: Props) {
  const ready = useReady()
  const [asking, setAsking] = useState(false)
  const move = (to: 'up' | 'down') => (
    <ActionButton
      size="xs"
      variant="default"
      act={() => moveInQueueAction({ entryId, to })}
      refusedTitle="Not moved"
      aria-label={`Move ${to}: ${name}`}
    >
      Move {to}
    </ActionButton>
  )
  if (!own && !manages) return null
  return (
    <>
      <Group gap="xs" mt={4} data-screen-only>
        {manages && !isFirst && move('up')}
        {manages && !isLast && move('down')}
        {own ? (
          <ActionButton
            size="xs"
            variant="default"
            act={() => leaveQueueAction({ entryId })}
            refusedTitle="Not left"
            aria-label={`Leave the queue: ${name}`}
          >
            Leave the queue
          </ActionButton>
        ) : (
          <Button
            size="xs"
            variant="default"
            disabled={!ready}
            aria-label={`Remove…: ${name}`}
            onClick={() => setAsking(true)}
          >
            Remove…
          </Button>
        )}
      </Group>
      {asking && (
        <ReasonModal
          asked={{
            title: 'Remove from the queue',
            hint: 'That person waits no longer. The entry and your reason stay in the record.',
            verb: 'Remove',
            act: (reason) => leaveQueueAction({ entryId, reason }),
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
