'use client'

import { Button } from '@mantine/core'
import { useReady } from '@/components/ready'
import { Refusal } from '@/components/refusal'
import { askAction } from './actions'
import { useDeed } from './use-deed'

type Props = { trialId: string; because: string | undefined }

/** Queries the device; the attempt stands in the timeline at once. */
export function AskButton({ trialId, because }: Props) {
  const { busy, refusal, run } = useDeed()
  const ready = useReady()
  return (
    <>
      <Button
        variant="default"
        onClick={() => run(() => askAction({ trialId }))}
        loading={busy}
        disabled={!ready || because !== undefined}
        title={because}
      >
        Query device
      </Button>
      {refusal && <Refusal title="Not queried" because={refusal.because} />}
    </>
  )
}
