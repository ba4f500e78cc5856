'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Group, NativeSelect, Select, Stack, Text, Title } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { Controller, useForm } from 'react-hook-form'
import { joinQueueAction } from '@/app/queue-actions'
import { type JoinInput, joinSchema } from '@/app/queue-schema'
import { Refusal } from '@/components/data/refusal'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import { queuePriorities, queuePriorityWords } from '@/lib/domain/planning/queue'
import { paths } from '@/lib/paths'

type Props = {
  deviceId: string
  protocols: { value: string; label: string }[]
  /** Why nobody can join. */
  reason: string | undefined
}

/** For whoever has no window yet: a place in the queue for the device. */
export function JoinQueue({ deviceId, protocols, reason }: Props) {
  const router = useRouter()
  const form = useForm<JoinInput>({
    resolver: zodResolver(joinSchema),
    defaultValues: { deviceId, protocolVersionId: '', priority: 'usual' },
  })
  const { errors } = form.formState
  const { busy, refusal, submit } = useFormAction(form, joinQueueAction, {
    fields: ['protocolVersionId', 'priority'],
    onDone: () => router.push(paths.device(deviceId)),
  })
  return (
    <ReadyForm onSubmit={submit} aria-label="Join the queue">
      <Stack gap="sm" maw={640} mt="xl">
        <Title order={2} size="h4">
          Join the queue
        </Title>
        <Text size="sm">
          Without a window: your home page says so once the device is free and you are the first. A
          booking or a draft on it ends the wait.
        </Text>
        <Controller
          control={form.control}
          name="protocolVersionId"
          render={({ field }) => (
            <Select
              label="Protocol to wait for"
              data={protocols}
              searchable
              error={errors.protocolVersionId?.message}
              {...field}
              value={field.value === '' ? null : field.value}
              onChange={(value) => field.onChange(value ?? '')}
              allowDeselect={false}
              withAsterisk
            />
          )}
        />
        <NativeSelect
          label="What it is for"
          data={queuePriorities.map((value) => ({ value, label: queuePriorityWords[value] }))}
          error={errors.priority?.message}
          {...form.register('priority')}
        />
        {refusal && <Refusal title="Not joined" reason={refusal.reason} />}
        <Group>
          <Button
            type="submit"
            variant="default"
            loading={busy}
            disabled={reason !== undefined}
            title={reason}
          >
            Join the queue
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
