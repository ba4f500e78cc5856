'use client'

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconMessageQuestion } from '@tabler/icons-react'
import { useTransition } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { askDeviceAction } from '../actions'

type Props = {
  deviceId: string
  /** Why it cannot be asked at all. */
  because: string | undefined
  /** What must be answered first. */
  openCommand: string | undefined
}

/** Sends the probes. The attempt stands under "Commands" at once, the readings change when the answers come. */
export function AskButton({ deviceId, because, openCommand }: Props) {
  const [pending, start] = useTransition()
  const ready = useReady()
  const ask = () =>
    start(async () => {
      const result = await askDeviceAction(deviceId)
      if (result.status === 'refused')
        notifications.show({ color: 'red', title: 'Not queried', message: result.because })
    })
  const reason = because ?? openCommand
  return (
    <Button
      onClick={ask}
      loading={pending}
      disabled={!ready || reason !== undefined}
      title={reason}
      leftSection={<IconMessageQuestion size={16} aria-hidden />}
    >
      {openCommand && !because ? 'Querying…' : 'Query device'}
    </Button>
  )
}
