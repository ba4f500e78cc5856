'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { PasskeyButton } from './passkey-button'
import { type Code, codeSchema, type SignIn, signInSchema } from './schema'
import { giveCode, type Step, signIn } from './sign-in'

type Props = {
  /** Where the person wanted to go, a path of this site. */
  back: string
  /** The address this lab is set to; any other is refused by sign-in. */
  ownAddress: string
  /** The address under which passkeys work; they belong to its host name. */
  passkeyAddress: string
}

/** The password, and after it the second factor where the person has one. */
export function SignInForm({ back, ownAddress, passkeyAddress }: Props) {
  const [asked, setAsked] = useState<'password' | 'secondFactor'>('password')
  /** Answers why not, or undefined where it goes on. */
  const follow = (step: Step): string | undefined => {
    if (step.to === 'again') return step.reason
    if (step.to === 'secondFactor') setAsked('secondFactor')
    else window.location.assign(back)
    return undefined
  }
  const given = { ownAddress, passkeyAddress, follow }
  return asked === 'password' ? (
    <PasswordForm {...given} />
  ) : (
    <CodeForm {...given} onBack={() => setAsked('password')} />
  )
}

type PasswordFormProps = {
  ownAddress: string
  passkeyAddress: string
  follow: (step: Step) => string | undefined
}

function PasswordForm({ ownAddress, passkeyAddress, follow }: PasswordFormProps) {
  const ready = useReady()
  const [refusal, setRefusal] = useState<string>()
  const { register, handleSubmit, formState, setFocus } = useForm<SignIn>({
    resolver: zodResolver(signInSchema),
  })
  const { errors, isSubmitting, isSubmitSuccessful } = formState

  const onSubmit = handleSubmit(async (input) => {
    const reason = follow(await signIn(input, ownAddress))
    setRefusal(reason)
    if (reason !== undefined) setFocus('password')
  })

  return (
    // Without default values: what a password manager or a quick hand has filled in before the script stays.
    <form onSubmit={onSubmit} method="post" noValidate>
      <Stack gap="sm">
        {refusal && <Refusal title="Not signed in" reason={refusal} />}
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

type CodeFormProps = {
  ownAddress: string
  passkeyAddress: string
  follow: (step: Step) => string | undefined
  onBack: () => void
}

/** The second factor, after the right password. */
function CodeForm({ ownAddress, passkeyAddress, follow, onBack }: CodeFormProps) {
  const [refusal, setRefusal] = useState<string>()
  const { register, handleSubmit, formState, setFocus } = useForm<Code>({
    resolver: zodResolver(codeSchema),
    defaultValues: { code: '' },
  })
  const { errors, isSubmitting, isSubmitSuccessful } = formState

  const onSubmit = handleSubmit(async ({ code }) => {
    const reason = follow(await giveCode(code, ownAddress))
    setRefusal(reason)
    if (reason !== undefined) setFocus('code')
  })

  return (
    <form onSubmit={onSubmit} method="post" noValidate>
      <Stack gap="sm">
        {refusal && <Refusal title="Not signed in" reason={refusal} />}
        <Text size="sm">Password accepted. Now your second factor.</Text>
        <TextInput
          label="Code"
          description="Six digits of your authenticator app, or one of your backup codes"
          autoComplete="one-time-code"
          autoFocus
          error={errors.code?.message}
          {...register('code')}
        />
        <Button type="submit" loading={isSubmitting || (isSubmitSuccessful && !refusal)} fullWidth>
          Go on
        </Button>
        <PasskeyButton
          {...{ ownAddress, passkeyAddress }}
          onStep={(step) => setRefusal(follow(step))}
        />
        <Button variant="subtle" color="gray" onClick={onBack}>
          Begin again
        </Button>
      </Stack>
    </form>
  )
}
