'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Group, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useForm } from 'react-hook-form'
import { ReadyForm } from '@/components/forms/ready-form'
import { changeNameAction } from './actions'
import { nameSchema } from './schema'

/** The name that stands beside what its person does; what is done already keeps the old one. */
export function NameForm({ name }: { name: string }) {
  const form = useForm({ resolver: zodResolver(nameSchema), values: { name } })
  const { errors, isSubmitting, isDirty } = form.formState
  const onSubmit = form.handleSubmit(async (input) => {
    const result = await changeNameAction(input)
    if (result.status === 'refused') return form.setError('name', { message: result.because })
    notifications.show({ message: 'Name saved.' })
  })
  return (
    <ReadyForm onSubmit={onSubmit} aria-label="Name">
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Name"
          autoComplete="name"
          style={{ flex: '1 1 260px' }}
          dir="auto"
          error={errors.name?.message}
          {...form.register('name')}
        />
        <Button type="submit" variant="default" loading={isSubmitting} disabled={!isDirty}>
          Save the name
        </Button>
      </Group>
    </ReadyForm>
  )
}
