'use client'

import { PasswordInput, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { type PasswordOwner, passwordRule, passwordStrength } from '@/lib/domain/account/password'

type Props = {
  label: string
  owner: PasswordOwner
  /** The current value, to rate its strength. */
  value: string
  error?: ReactNode
}

/** The field for a new password, with its requirements and the strength of what is typed. */
export function NewPassword({ label, owner, value, error, ...field }: Props) {
  const strength = passwordStrength(value, owner)
  return (
    <div>
      <PasswordInput
        label={label}
        description={`${passwordRule.min} characters or more. Four words that do not belong together are strong, and any character may be used.`}
        autoComplete="new-password"
        error={error}
        {...field}
      />
      <Text size="xs" c="dimmed" mt={4} aria-live="polite" mih="1.4em">
        {strength && `Strength: ${strength}`}
      </Text>
    </div>
  )
}
