'use client'

import { Textarea } from '@mantine/core'
import { RestoredNote } from './drafts'

/** Characters, as the schemas of the actions allow. */
const longest = 2000

type Props = {
  value: string
  onChange(reason: string): void
  /** What becomes of it, where that needs a word. */
  hint?: string
  problem?: string | undefined
  /** It was typed before the session ended, and is here again. */
  restored?: boolean
}

/** Why somebody does what stays in the record. */
export const ReasonField = ({ value, onChange, hint, problem, restored = false }: Props) => (
  <>
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
    <RestoredNote restored={restored} />
  </>
)
