'use client'

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconRefresh } from '@tabler/icons-react'
import { useTransition } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { rereadEventAction } from './reprocess-action'

type Props = {
  eventId: number
  /** Why it is not reprocessed: the role, or that the event was used. */
  reason: string | undefined
}

/** Reprocesses an event that could not be read or matched; why it could not stays in the record. */
export function RereadButton({ eventId, reason }: Props) {
  const [pending, start] = useTransition()
  const ready = useReady()
  const reread = () =>
    start(async () => {
      const result = await rereadEventAction(eventId)
      if (result.status === 'refused')
        notifications.show({ color: 'red', title: 'Not reprocessed', message: result.reason })
      else
        notifications.show({
          title: 'Queued for reprocessing',
          message: 'It is read within seconds. Reload the page to see the result.',
        })
    })
  return (
    <Button
      onClick={reread}
      loading={pending}
      disabled={!ready || reason !== undefined}
      title={reason}
      variant="default"
      leftSection={<IconRefresh size={16} aria-hidden />}
    >
      Reprocess
    </Button>
  )
}
