'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { PasskeyButton } from './passkey-button'
import { type SignIn, signInSchema } from './schema'
import { type Step, signIn } from './sign-in'

type Props = {
  ownAddress: string
  passkeyAddress: string
  follow: (step: Step) => string | undefined
}

export function PasswordForm({ ownAddress, passkeyAddress, follow }: Props) {
  const ready = useReady()
  const [refusal, setRefusal] = useState<string>()
  const { register, handleSubmit, formState, setFocus } = useForm<SignIn>({
    resolver: zodResolver(signInSchema),
  })
  const { errors, isSubmitting, isSubmitSuccessful } = formState

  const onSubmit = handleSubmit(async (input) => {
    const because = follow(await signIn(input, ownAddress))
    setRefusal(because)
    if (because !== undefined) setFocus('password')
  })

  return (
    // Without default values: what a password manager or a quick hand has filled in before the script stays.
    <form onSubmit={onSubmit} method="post" noValidate>
      <Stack gap="sm">
        {refusal && <Refusal title="Not signed in" because={refusal} />}
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          autoFocus
          error={errors.email?.message}
          {...register('email')}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          error={errors.password?.message}
          {...register('password')}
        />
        <Button
          type="submit"
          disabled={!ready}
          loading={isSubmitting || (isSubmitSuccessful && !refusal)}
          fullWidth
        >
          Sign in
        </Button>
        <PasskeyButton
          {...{ ownAddress, passkeyAddress }}
          onStep={(step) => setRefusal(follow(step))}
        />
      </Stack>
    </form>
  )
}
