'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { ReadyForm } from '@/components/ready-form'
import { Refusal } from '@/components/refusal'
import { OverallBadge } from '@/components/verdict-badge'
import type { Overall } from '@/lib/domain/qualify'
import { paths } from '@/lib/paths'
import { draftAction } from './actions'
import { type DraftInput, draftSchema } from './schema'

type Props = {
  devices: { value: string; label: string; verdict: Overall; because: string }[]
  protocols: { value: string; protocolId: string; label: string; question: string }[]
  deviceId: string | undefined
  protocolId: string | undefined
  because: string | undefined
}

/** Chooses device and protocol and takes the expectation; a device that does not qualify yet can be drafted for. */
export function NewTrialForm({ devices, protocols, deviceId, protocolId, because }: Props) {
  const router = useRouter()
  const [pending, start] = useTransition()
  const [refusal, setRefusal] = useState<string>()
  const { control, register, handleSubmit, watch, setError, formState } = useForm<DraftInput>({
    resolver: zodResolver(draftSchema),
    defaultValues: {
      deviceId: devices.find(({ value }) => value === deviceId)?.value ?? '',
      protocolVersionId: protocols.find((one) => one.protocolId === protocolId)?.value ?? '',
      expectation: '',
    },
  })
  const { errors } = formState
  const device = devices.find(({ value }) => value === watch('deviceId'))
  const protocol = protocols.find(({ value }) => value === watch('protocolVersionId'))
  const submit = handleSubmit((input) =>
    start(async () => {
      const result = await draftAction(input)
      if (result.status === 'done') return router.push(paths.trial(result.trialId))
      const field = (['deviceId', 'protocolVersionId', 'expectation'] as const).find(
        (name) => name === result.field,
      )
      if (field) setError(field, { message: result.because })
      else setRefusal(result.because)
    }),
  )
  return (
    <ReadyForm onSubmit={submit} aria-label="New trial">
      <Stack gap="md" maw={640}>
        <Controller
          control={control}
          name="deviceId"
          render={({ field }) => (
            <Select
              label="Device"
              data={devices}
              searchable
              error={errors.deviceId?.message}
              {...field}
              onChange={(value) => field.onChange(value ?? '')}
              withAsterisk
            />
          )}
        />
        {device && (
          <Group gap="xs">
            <OverallBadge overall={device.verdict} />
            <Text size="sm">{device.because}</Text>
          </Group>
        )}
        <Controller
          control={control}
          name="protocolVersionId"
          render={({ field }) => (
            <Select
              label="Protocol"
              data={protocols}
              searchable
              error={errors.protocolVersionId?.message}
              {...field}
              onChange={(value) => field.onChange(value ?? '')}
              withAsterisk
            />
          )}
        />
        {protocol && <Text size="sm">{protocol.question}</Text>}
        <Textarea
          label="What you expect"
          description="In your own words, before anything is known. It is sealed when you register."
          autosize
          minRows={3}
          error={errors.expectation?.message}
          withAsterisk
          {...register('expectation')}
        />
        {refusal && <Refusal title="Not drafted" because={refusal} />}
        <Group>
          <Button type="submit" loading={pending} disabled={because !== undefined} title={because}>
            Draft the trial
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
