'use client'

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { stopQueryRunAction } from '../actions'

/** @param reason why this person may not stop it; undefined when they may */
export function StopButton({ runId, reason }: { runId: number; reason: string | undefined }) {
  const [pending, start] = useTransition()
  const ready = useReady()
  const router = useRouter()
  const stop = () =>
    start(async () => {
      const result = await stopQueryRunAction(runId)
      if (result.status === 'refused')
        notifications.show({ color: 'red', title: 'Not stopped', message: result.reason })
      router.refresh()
    })
  return (
    <Button
      size="xs"
      variant="default"
      onClick={stop}
      loading={pending}
      disabled={!ready || reason !== undefined}
      title={reason}
    >
      Stop querying
    </Button>
  )
}
