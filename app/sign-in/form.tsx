'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { type FieldPath, type FieldValues, type UseFormReturn, useForm } from 'react-hook-form'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { type Code, codeSchema, type SignIn, signInSchema } from './schema'
import { giveCode, type Step, signIn, signInByPasskey } from './sign-in'

type Props = {
  /** Where the person wanted to go, a path of this site. */
  back: string
  /** The address this lab is set to; any other is refused by sign-in. */
  ownAddress: string
  /** The address under which passkeys work; they belong to its host name. */
  passkeyAddress: string
}

/** The password, and after it the second factor where the person has one. */
export function SignInForm({ back, ...addresses }: Props) {
  const [asked, setAsked] = useState<'password' | 'secondFactor'>('password')
  const follow = (step: Step): string | undefined => {
    if (step.to === 'again') return step.reason
    if (step.to === 'secondFactor') setAsked('secondFactor')
    else window.location.assign(back)
    return undefined
  }
  return asked === 'password' ? (
    <PasswordForm {...addresses} follow={follow} />
  ) : (
    <CodeForm {...addresses} follow={follow} onBack={() => setAsked('password')} />
  )
}

type StepProps = Omit<Props, 'back'> & {
  /** Takes the next step; returns why there is none. */
  follow: (step: Step) => string | undefined
}

function PasswordForm(props: StepProps) {
  // Without default values: what a password manager or a quick hand has filled in before hydration stays.
  const form = useForm<SignIn>({ resolver: zodResolver(signInSchema) })
  const { errors } = form.formState
  const take = (input: SignIn) => signIn(input, props.ownAddress)
  return (
    <StepForm {...props} {...{ form, take }} typeAgain="password" verb="Sign in">
      <TextInput
        label="Email"
        type="email"
        autoComplete="username"
        autoFocus
        error={errors.email?.message}
        {...form.register('email')}
      />
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        error={errors.password?.message}
        {...form.register('password')}
      />
    </StepForm>
  )
}

/** The second factor, after the right password. */
function CodeForm({ onBack, ...props }: StepProps & { onBack: () => void }) {
  const form = useForm<Code>({ resolver: zodResolver(codeSchema), defaultValues: { code: '' } })
  const take = ({ code }: Code) => giveCode(code, props.ownAddress)
  const startOver = (
    <Button variant="subtle" color="gray" onClick={onBack}>
      Start over
    </Button>
  )
  return (
    <StepForm {...props} {...{ form, take }} typeAgain="code" verb="Continue" below={startOver}>
      <Text size="sm">Password accepted. Now enter your second factor.</Text>
      <TextInput
        label="Code"
        description="Six digits from your authenticator app, or one of your backup codes"
        autoComplete="one-time-code"
        autoFocus
        error={form.formState.errors.code?.message}
        {...form.register('code')}
      />
    </StepForm>
  )
}

type StepFormProps<F extends FieldValues> = StepProps & {
  form: UseFormReturn<F>
  take: (input: F) => Promise<Step>
  /** The field that has the focus after a refusal. */
  typeAgain: FieldPath<F>
  verb: string
  below?: ReactNode
  children: ReactNode
}

/** One step of signing in, which a passkey can replace. */
function StepForm<F extends FieldValues>(props: StepFormProps<F>) {
  const { form, take, typeAgain, verb, below, children, follow, ...addresses } = props
  const ready = useReady()
  const [refusal, setRefusal] = useState<string>()
  const { isSubmitting, isSubmitSuccessful } = form.formState
  const onSubmit = form.handleSubmit(async (input) => {
    const reason = follow(await take(input))
    setRefusal(reason)
    if (reason !== undefined) form.setFocus(typeAgain)
  })
  return (
    <form onSubmit={onSubmit} method="post" noValidate>
      <Stack gap="sm">
        {refusal && <Refusal title="Not signed in" reason={refusal} />}
        {children}
        <Button
          type="submit"
          disabled={!ready}
          loading={isSubmitting || (isSubmitSuccessful && !refusal)}
          fullWidth
        >
          {verb}
        </Button>
        <PasskeyButton {...addresses} onStep={(step) => setRefusal(follow(step))} />
        {below}
      </Stack>
    </form>
  )
}

type PasskeyProps = Omit<Props, 'back'> & { onStep: (step: Step) => void }

/** Signs in with a passkey of this phone, computer or security key, in place of password and code. */
function PasskeyButton({ ownAddress, passkeyAddress, onStep }: PasskeyProps) {
  const ready = useReady()
  const [busy, setBusy] = useState(false)
  const elsewhere = ready && window.location.hostname !== new URL(passkeyAddress).hostname
  const begin = async () => {
    setBusy(true)
    const step = await signInByPasskey(ownAddress)
    onStep(step)
    if (step.to !== 'in') setBusy(false)
  }
  return (
    <Stack gap={4}>
      <Button
        variant="default"
        leftSection={<IconFingerprint size={18} aria-hidden />}
        disabled={!ready || elsewhere}
        loading={busy}
        onClick={() => void begin()}
        aria-describedby={elsewhere ? 'passkeys-elsewhere' : undefined}
        fullWidth
      >
        Use a passkey
      </Button>
      {elsewhere && (
        <Text size="xs" id="passkeys-elsewhere">
          Passkeys are tied to a host name: here they only work at{' '}
          <Anchor href={`${passkeyAddress}${window.location.pathname}${window.location.search}`}>
            {passkeyAddress}
          </Anchor>
          , not at {window.location.hostname}.
        </Text>
      )}
    </Stack>
  )
}
