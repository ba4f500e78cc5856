'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { NewPassword } from '@/components/forms/new-password'
import { ReadyForm } from '@/components/forms/ready-form'
import type { SeenLink } from '@/lib/core/accounts/use-link'
import { paths } from '@/lib/paths'
import { useLinkAction } from './actions'
import { type UseLinkInput, useLinkSchema } from './schema'

type Props = { token: string; link: SeenLink }

/** Sets the password of an invited person, or of one who has forgotten theirs. */
export function LinkForm({ token, link }: Props) {
  const { kind, email, role } = link
  const invited = kind === 'invitation'
  const [refusal, setRefusal] = useState<string>()
  const form = useForm<UseLinkInput>({
    resolver: zodResolver(useLinkSchema),
    defaultValues: { name: link.name, email, password: '' },
  })
  const { errors, isSubmitting } = form.formState
  const [name, password] = form.watch(['name', 'password'])

  const onSubmit = form.handleSubmit(async (input) => {
    const result = await useLinkAction({ token, person: input })
    if (result.status === 'set') return window.location.assign(paths.signIn())
    if (/(^|\.)password$/.test(result.field ?? ''))
      form.setError('password', { message: result.because })
    else setRefusal(result.because)
  })

  return (
    <ReadyForm onSubmit={onSubmit}>
      <Stack gap="sm">
        <Text size="sm">
          {invited ? (
            <>
              You are invited as <strong>{role}</strong> with the address{' '}
              <UserText>{email}</UserText>.
            </>
          ) : (
            <>
              <UserText>{link.name}</UserText>, set a new password for <UserText>{email}</UserText>.
              All your sessions end.
            </>
          )}
        </Text>
        {refusal && <Refusal title="Not set" because={refusal} />}
        <input type="hidden" autoComplete="username" value={email} readOnly />
        {invited && (
          <TextInput
            label="Your name"
            autoComplete="name"
            error={errors.name?.message}
            {...form.register('name')}
          />
        )}
        <NewPassword
          label="Password"
          owner={{ name, email }}
          value={password}
          error={errors.password?.message}
          {...form.register('password')}
        />
        <Button type="submit" loading={isSubmitting} fullWidth>
          {invited ? 'Join the lab' : 'Set the password'}
        </Button>
      </Stack>
    </ReadyForm>
  )
}
