'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { PasskeyButton } from './passkey-button'
import { type Code, codeSchema } from './schema'
import { giveCode, type Step } from './sign-in'

type Props = {
  ownAddress: string
  passkeyAddress: string
  follow: (step: Step) => string | undefined
  onBack: () => void
}

/** The second factor, after the right password. */
export function CodeForm({ ownAddress, passkeyAddress, follow, onBack }: Props) {
  const [refusal, setRefusal] = useState<string>()
  const { register, handleSubmit, formState, setFocus } = useForm<Code>({
    resolver: zodResolver(codeSchema),
    defaultValues: { code: '' },
  })
  const { errors, isSubmitting, isSubmitSuccessful } = formState

  const onSubmit = handleSubmit(async ({ code }) => {
    const because = follow(await giveCode(code, ownAddress))
    setRefusal(because)
    if (because !== undefined) setFocus('code')
  })

  return (
    <form onSubmit={onSubmit} method="post" noValidate>
      <Stack gap="sm">
        {refusal && <Refusal title="Not signed in" because={refusal} />}
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
