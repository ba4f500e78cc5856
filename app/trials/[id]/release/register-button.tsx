'use client'

import { Button, Stack } from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { registerAction } from '../actions'

type Props = { trialId: string; reason: string | undefined }

export function RegisterButton({ trialId, reason }: Props) {
  const { busy, refusal, run } = useAction()
  const ready = useReady()
  return (
    <Stack gap="sm" align="flex-start">
      <Button
        onClick={() => run(() => registerAction({ trialId }))}
        loading={busy}
        disabled={!ready || reason !== undefined}
        title={reason}
      >
        Register and seal
      </Button>
      {refusal && <Refusal title="Not registered" reason={refusal.reason} />}
    </Stack>
  )
}
