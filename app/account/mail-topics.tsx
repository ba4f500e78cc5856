'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Checkbox, Group, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Controller, useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { ReadyForm } from '@/components/forms/ready-form'
import { TopicChoice } from '@/components/forms/topic-choice'
import { useFormAction } from '@/components/forms/use-form-action'
import { chooseMailAction } from './actions'
import { type MailChoiceInput, mailChoiceSchema } from './schema'

/** Of what this person wants mail. */
export function MailTopics({ choice }: { choice: MailChoiceInput }) {
  const form = useForm<MailChoiceInput>({
    resolver: zodResolver(mailChoiceSchema),
    values: choice,
  })
  const { control, register } = form
  const { errors, isDirty } = form.formState
  const { busy, refusal, submit } = useFormAction(form, chooseMailAction, {
    fields: ['topics'],
    onDone: () => notifications.show({ message: 'Topics saved.' }),
  })
  return (
    <ReadyForm onSubmit={submit} aria-label="Notices by mail">
      <Stack gap="sm">
        {refusal && <Refusal title="Not saved" reason={refusal.reason} />}
        <Controller
          control={control}
          name="topics"
          render={({ field: { value, onChange } }) => (
            <TopicChoice value={value} onChange={onChange} error={errors.topics?.message} />
          )}
        />
        <Checkbox
          label="Also events of the simulated environment"
          description="They are marked so in each mail."
          {...register('withSimulated')}
        />
        <Group>
          <Button type="submit" variant="default" loading={busy} disabled={!isDirty}>
            Save the topics
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
