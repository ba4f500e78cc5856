'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Group, PasswordInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useForm } from 'react-hook-form'
import { ReadyForm } from '@/components/forms/ready-form'
import { proofSchema } from './schema'

type Props = {
  /** What the button does. */
  children: ReactNode
  label: string
  /** Answers why not, or undefined when it is done. */
  onProved: (password: string) => Promise<string | undefined>
  onCancel: () => void
}

/** Asks for the own password again, right before something that needs it. */
export function OwnPassword({ children, label, onProved, onCancel }: Props) {
  const form = useForm({ resolver: zodResolver(proofSchema), defaultValues: { password: '' } })
  const { errors, isSubmitting } = form.formState
  const onSubmit = form.handleSubmit(async ({ password }) => {
    const reason = await onProved(password)
    if (reason) form.setError('password', { message: reason })
  })
  return (
    <ReadyForm onSubmit={onSubmit} aria-label={label}>
      <Group align="flex-start" gap="sm">
        <PasswordInput
          aria-label="Your password"
          placeholder="Your password"
          autoComplete="current-password"
          style={{ flex: '1 1 240px' }}
          maw={320}
          autoFocus
          error={errors.password?.message}
          {...form.register('password')}
        />
        <Button type="submit" loading={isSubmitting}>
          {children}
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          Not now
        </Button>
      </Group>
    </ReadyForm>
  )
}
