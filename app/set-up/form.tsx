'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Stack, TextInput } from '@mantine/core'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { NewPassword } from '@/components/forms/new-password'
import { useReady } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import { paths } from '@/lib/paths'
import { setUpAction } from './actions'
import { type SetUp, setUpSchema } from './schema'

export function SetUpForm() {
  const ready = useReady()
  const form = useForm<SetUp>({ resolver: zodResolver(setUpSchema) })
  const { register, watch } = form
  const { errors } = form.formState
  const { busy, refusal, submit } = useFormAction(form, setUpAction, {
    fields: ['password'],
    onDone: () => window.location.assign(paths.signIn()),
  })

  return (
    // Without default values: what a password manager or a quick hand has filled in before the script stays.
    <form onSubmit={submit} method="post" noValidate>
      <Stack gap="sm">
        {refusal && <Refusal title="Not set up" reason={refusal.reason} />}
        <TextInput
          label="One-time code"
          description="Printed in the terminal when Oneway started"
          autoComplete="one-time-code"
          error={errors.code?.message}
          {...register('code')}
        />
        <TextInput
          label="Your name"
          autoComplete="name"
          error={errors.name?.message}
          {...register('name')}
        />
        <TextInput
          label="Email"
          description="You sign in with it; nothing is sent to it"
          type="email"
          autoComplete="username"
          error={errors.email?.message}
          {...register('email')}
        />
        <NewPassword
          label="Password"
          owner={{ name: watch('name'), email: watch('email') }}
          value={watch('password') ?? ''}
          error={errors.password?.message}
          {...register('password')}
        />
        <Button type="submit" disabled={!ready} loading={busy} fullWidth>
          Become the admin
        </Button>
      </Stack>
    </form>
  )
}
