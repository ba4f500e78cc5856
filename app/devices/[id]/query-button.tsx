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
  reason: string | undefined
  /** What must be answered first. */
  openCommand: string | undefined
}

/** Sends the probes. The attempt stands under "Commands" at once, the readings change when the answers come. */
export function AskButton({ deviceId, reason, openCommand }: Props) {
  const [pending, start] = useTransition()
  const ready = useReady()
  const ask = () =>
    start(async () => {
      const result = await askDeviceAction(deviceId)
      if (result.status === 'refused')
        notifications.show({ color: 'red', title: 'Not queried', message: result.reason })
    })
  const obstacle = reason ?? openCommand
  return (
    <Button
      onClick={ask}
      loading={pending}
      disabled={!ready || obstacle !== undefined}
      title={obstacle}
      leftSection={<IconMessageQuestion size={16} aria-hidden />}
    >
      {openCommand && !reason ? 'Querying…' : 'Query device'}
    </Button>
  )
}
