'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Group, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { Controller, useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import { paths } from '@/lib/paths'
import { bookTrialAction } from './actions'
import { type BookInput, bookSchema } from './schema'

type Props = {
  deviceId: string
  timeZone: string
  initial: Pick<BookInput, 'startsAt' | 'endsAt' | 'target'>
  protocols: { value: string; label: string; target: string | undefined }[]
  /** Why nothing can be booked. */
  reason: string | undefined
}

/** Protocol, target, window and expectation. A refusal is shown at its field, and what was typed stays. */
export function BookForm({ deviceId, timeZone, initial, protocols, reason }: Props) {
  const router = useRouter()
  const form = useForm<BookInput>({
    resolver: zodResolver(bookSchema),
    defaultValues: { deviceId, protocolVersionId: '', expectation: '', ...initial },
  })
  const draft = useFormDraft(form, `device/${deviceId}/book`)
  const { control, register, setValue } = form
  const { errors } = form.formState
  const { busy, refusal, submit } = useFormAction(form, bookTrialAction, {
    fields: ['protocolVersionId', 'target', 'startsAt', 'endsAt', 'expectation'],
    onDone: () => {
      draft.forget()
      router.push(paths.device(deviceId))
    },
  })
  return (
    <ReadyForm onSubmit={submit} aria-label="Book a trial">
      <Stack gap="md" maw={640}>
        <RestoredNote restored={draft.restored} />
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
              value={field.value === '' ? null : field.value}
              onChange={(value) => {
                field.onChange(value ?? '')
                const target = protocols.find((one) => one.value === value)?.target
                if (target) setValue('target', target, { shouldDirty: true })
              }}
              allowDeselect={false}
              withAsterisk
            />
          )}
        />
        <TextInput
          label="Target"
          description="The version the device is to be updated to, such as 12.1"
          error={errors.target?.message}
          withAsterisk
          {...register('target')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
          {(['startsAt', 'endsAt'] as const).map((name) => (
            <TextInput
              key={name}
              type="datetime-local"
              label={name === 'startsAt' ? 'From' : 'Until'}
              description={`By the clocks of the lab: ${timeZone}`}
              error={errors[name]?.message}
              withAsterisk
              {...register(name)}
            />
          ))}
        </SimpleGrid>
        <Textarea
          label="What you expect"
          description="In your own words. The draft of the trial takes it over; it is sealed when you register."
          autosize
          minRows={3}
          error={errors.expectation?.message}
          withAsterisk
          {...register('expectation')}
        />
        {refusal && <Refusal title="Not booked" reason={refusal.reason} />}
        {reason && <Text size="sm">{reason}</Text>}
        <Group>
          <Button type="submit" loading={busy} disabled={reason !== undefined} title={reason}>
            Book the trial
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
