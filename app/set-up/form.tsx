'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { NewPassword } from '@/components/forms/new-password'
import { useReady } from '@/components/forms/ready-form'
import { paths } from '@/lib/paths'
import { setUpAction } from './actions'
import { type SetUp, setUpSchema } from './schema'

export function SetUpForm() {
  const ready = useReady()
  const [refusal, setRefusal] = useState<string>()
  const { register, handleSubmit, formState, setError, watch } = useForm<SetUp>({
    resolver: zodResolver(setUpSchema),
  })
  const { errors, isSubmitting } = formState

  const onSubmit = handleSubmit(async (input) => {
    const result = await setUpAction(input)
    if (result.status === 'created') window.location.assign(paths.signIn())
    else if (result.field === 'password') setError('password', { message: result.reason })
    else setRefusal(result.reason)
  })

  return (
    // Without default values: what a password manager or a quick hand has filled in before the script stays.
    <form onSubmit={onSubmit} method="post" noValidate>
      <Stack gap="sm">
        {refusal && <Refusal title="Not set up" reason={refusal} />}
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
        <Button type="submit" disabled={!ready} loading={isSubmitting} fullWidth>
          Become the admin
        </Button>
      </Stack>
    </form>
  )
}
