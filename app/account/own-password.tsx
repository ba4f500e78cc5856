'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Group, PasswordInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useForm } from 'react-hook-form'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import type { Refusal } from '@/lib/core/shared/result'
import { proofSchema } from './schema'

type Props<R> = {
  /** What the button does. */
  children: ReactNode
  label: string
  act: (password: string) => Promise<R | Refusal>
  onDone: (result: Exclude<R, Refusal>) => void
  onCancel: () => void
}

/** Asks for the person's own password again, right before an action that needs it. */
export function OwnPassword<R extends { status: string }>(props: Props<R>) {
  const { children, label, act, onDone, onCancel } = props
  const form = useForm({ resolver: zodResolver(proofSchema), defaultValues: { password: '' } })
  const { busy, refusal, submit } = useFormAction(form, ({ password }) => act(password), { onDone })
  return (
    <ReadyForm onSubmit={submit} aria-label={label}>
      <Group align="flex-start" gap="sm">
        <PasswordInput
          aria-label="Your password"
          placeholder="Your password"
          autoComplete="current-password"
          style={{ flex: '1 1 240px' }}
          maw={320}
          autoFocus
          error={form.formState.errors.password?.message ?? refusal?.reason}
          {...form.register('password')}
        />
        <Button type="submit" loading={busy}>
          {children}
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          Not now
        </Button>
      </Group>
    </ReadyForm>
  )
}
