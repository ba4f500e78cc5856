'use client'

import { Button, Stack } from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { registerAction } from '../actions'
import { useDeed } from '../use-deed'

type Props = { trialId: string; because: string | undefined }

export function RegisterButton({ trialId, because }: Props) {
  const { busy, refusal, run } = useDeed()
  const ready = useReady()
  return (
    <Stack gap="sm" align="flex-start">
      <Button
        onClick={() => run(() => registerAction({ trialId }))}
        loading={busy}
        disabled={!ready || because !== undefined}
        title={because}
      >
        Register and seal
      </Button>
      {refusal && <Refusal title="Not registered" because={refusal.because} />}
    </Stack>
  )
}
