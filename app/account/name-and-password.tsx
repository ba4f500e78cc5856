'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMemo } from 'react'
import { useForm } from 'react-hook-form'
import { NewPassword } from '@/components/forms/new-password'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import type { PasswordOwner } from '@/lib/domain/account/password'
import { changeNameAction, changePasswordAction } from './actions'
import { type PasswordInput as Input, nameSchema, passwordFormSchema } from './schema'

/** The name recorded with what this person does; earlier records keep the old name. */
export function NameForm({ name }: { name: string }) {
  const form = useForm({ resolver: zodResolver(nameSchema), values: { name } })
  const { errors, isDirty } = form.formState
  const { busy, refusal, submit } = useFormAction(form, changeNameAction, {
    onDone: () => notifications.show({ message: 'Name saved.' }),
  })
  return (
    <ReadyForm onSubmit={submit} aria-label="Name">
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Name"
          autoComplete="name"
          style={{ flex: '1 1 260px' }}
          dir="auto"
          error={errors.name?.message ?? refusal?.reason}
          {...form.register('name')}
        />
        <Button type="submit" variant="default" loading={busy} disabled={!isDirty}>
          Save the name
        </Button>
      </Group>
    </ReadyForm>
  )
}

const empty: Input = { oldPassword: '', password: '' }

export function PasswordForm({ owner }: { owner: PasswordOwner }) {
  const { name, email } = owner
  const schema = useMemo(() => passwordFormSchema({ name, email }), [name, email])
  const form = useForm<Input>({ resolver: zodResolver(schema), defaultValues: empty })
  const { errors } = form.formState
  const { busy, refusal, submit } = useFormAction(form, changePasswordAction, {
    fields: ['oldPassword', 'password'],
    onDone: ({ endedSessions }) => {
      form.reset(empty)
      notifications.show({
        message: `Password changed. Other sessions that ended: ${endedSessions}.`,
      })
    },
  })

  return (
    <ReadyForm onSubmit={submit} aria-label="Password">
      <Stack gap="sm" maw={480}>
        <input type="hidden" autoComplete="username" value={email ?? ''} readOnly />
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          error={errors.oldPassword?.message}
          {...form.register('oldPassword')}
        />
        <NewPassword
          label="New password"
          owner={owner}
          value={form.watch('password')}
          error={errors.password?.message ?? refusal?.reason}
          {...form.register('password')}
        />
        <Group>
          <Button type="submit" variant="default" loading={busy}>
            Change the password
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}
