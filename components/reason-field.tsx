'use client'

import { Textarea } from '@mantine/core'

/** Characters, as the schemas of the actions allow. */
const longest = 2000

type Props = {
  value: string
  onChange(reason: string): void
  /** What becomes of it, where that needs a word. */
  hint?: string
  problem?: string | undefined
}

/** Why somebody does what stays in the record. */
export const ReasonField = ({ value, onChange, hint, problem }: Props) => (
  <Textarea
    label="Reason"
    description={hint}
    value={value}
    onChange={({ currentTarget }) => onChange(currentTarget.value)}
    error={problem}
    maxLength={longest}
    autosize
    minRows={2}
    withAsterisk
  />
)
