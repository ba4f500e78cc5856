'use client'

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useTransition } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { acknowledgeLossAction } from './actions'

/** Takes a loss off the list; it stays on the page of its device, with the name of who took note. */
export function AcknowledgeButton({ lossId, device }: { lossId: number; device: string }) {
  const [pending, start] = useTransition()
  const ready = useReady()
  const acknowledge = () =>
    start(async () => {
      const result = await acknowledgeLossAction(lossId)
      if (result.status === 'refused')
        notifications.show({ color: 'red', title: 'Not acknowledged', message: result.reason })
    })
  return (
    <Button
      size="xs"
      variant="default"
      onClick={acknowledge}
      loading={pending}
      disabled={!ready}
      aria-label={`Acknowledge the loss of ${device}`}
    >
      Acknowledge
    </Button>
  )
}
