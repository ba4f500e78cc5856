'use client'

import { Textarea } from '@mantine/core'
import { reasonHint } from '@/lib/domain/text/reason'
import { RestoredNote } from './drafts'
import type { useTypedAction } from './use-action'

/** Characters, as the schemas of the actions allow. */
const maxLength = 2000

type Props = {
  action: Pick<ReturnType<typeof useTypedAction>, 'text' | 'type' | 'restored' | 'refusal'>
  /** What becomes of it, added to the length that is required. */
  becomes?: string
  /** Shows a refusal of the reason at the field; without it only the dialog shows the refusal. */
  marked?: boolean
}

/** The reason of an action, kept until it is sent. */
export function TypedReason({
  action,
  becomes = '; it stays in the record',
  marked = false,
}: Props) {
  const { text, type, restored, refusal } = action
  return (
    <>
      <Textarea
        label="Reason"
        description={`${reasonHint}${becomes}`}
        value={text}
        onChange={({ currentTarget }) => type(currentTarget.value)}
        error={marked && refusal?.field === 'reason' ? refusal.reason : undefined}
        maxLength={maxLength}
        autosize
        minRows={2}
        withAsterisk
      />
      <RestoredNote restored={restored} />
    </>
  )
}
