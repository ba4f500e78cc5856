'use client'

import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useReady } from '@/components/ready'
import { askAction } from './actions'

type Props = { trialId: string; because: string | undefined }

/** Asks the device again; the attempt stands in the timeline at once. */
export function AskButton({ trialId, because }: Props) {
  const ready = useReady()
  const ask = async () => {
    const result = await askAction({ trialId })
    if (result.status === 'refused')
      notifications.show({ color: 'red', title: 'Not asked', message: result.because })
  }
  return (
    <Button
      variant="default"
      onClick={() => void ask()}
      disabled={!ready || because !== undefined}
      title={because}
    >
      Ask the device
    </Button>
  )
}
