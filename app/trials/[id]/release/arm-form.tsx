'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { ReadyForm } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { armAction } from '../actions'
import { armSchema } from '../schema'

type Props = { trialId: string; reason: string | undefined }

/** The last four of the serial are typed, never filled in: they prove which device is on the bench. */
export function ArmForm({ trialId, reason }: Props) {
  const { busy, refusal, run, forget } = useAction()
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(armSchema),
    defaultValues: { trialId, serialLast4: '' },
  })
  const submit = handleSubmit((input) => run(() => armAction(input)))
  return (
    <ReadyForm onSubmit={submit} aria-label="Arm">
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <TextInput
            label="Last four of the serial"
            autoComplete="off"
            autoCapitalize="characters"
            maxLength={4}
            w={200}
            size="md"
            error={formState.errors.serialLast4?.message}
            {...register('serialLast4', { onChange: forget })}
          />
          <Button
            type="submit"
            size="md"
            loading={busy}
            disabled={reason !== undefined}
            title={reason}
          >
            Arm
          </Button>
        </Group>
        {refusal && <Refusal title="Not armed" reason={refusal.reason} />}
      </Stack>
    </ReadyForm>
  )
}
