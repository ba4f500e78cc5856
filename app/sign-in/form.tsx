'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useReady } from '@/components/ready'
import { Refusal } from '@/components/refusal'
import { type SignIn, signInSchema } from './schema'
import { signIn } from './sign-in'

type Props = {
  /** Where the person wanted to go, a path of this site. */
  back: string
  /** The address this lab is set to; any other is refused by sign-in. */
  ownAddress: string
}

export function SignInForm({ back, ownAddress }: Props) {
  const ready = useReady()
  const [refusal, setRefusal] = useState<string>()
  const { register, handleSubmit, formState, setFocus } = useForm<SignIn>({
    resolver: zodResolver(signInSchema),
  })
  const { errors, isSubmitting, isSubmitSuccessful } = formState

  const onSubmit = handleSubmit(async (input) => {
    const because = await signIn(input, ownAddress)
    setRefusal(because)
    if (because === undefined) window.location.assign(back)
    else setFocus('password')
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
      </Stack>
    </form>
  )
}
