'use client'

import { PasswordInput } from '@mantine/core'

type Props = {
  password: string
  onChange(password: string): void
  /** Why what was given does not prove who it is. */
  problem: string | undefined
}

/** Asks once more who it is. Pasting and password managers are welcome. */
export const ProofField = ({ password, onChange, problem }: Props) => (
  <PasswordInput
    label="Your password"
    description="Asked at this very moment, so that nobody else signs with your open session"
    value={password}
    onChange={({ currentTarget }) => onChange(currentTarget.value)}
    error={problem}
    autoComplete="current-password"
    maxLength={256}
    size="md"
    withAsterisk
  />
)
