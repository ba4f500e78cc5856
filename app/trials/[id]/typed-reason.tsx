'use client'

import { ReasonField } from '@/components/forms/reason-field'
import { reasonHint } from '@/lib/domain/text/reason'
import type { useTypedAction } from './use-action'

type Props = {
  action: Pick<ReturnType<typeof useTypedAction>, 'text' | 'type' | 'restored' | 'refusal'>
  /** What becomes of it, behind the length that is asked for. */
  becomes?: string
  /** Shows below the field what was wrong with it; without it the dialog alone says so. */
  marked?: boolean
}

/** The reason of an action on a trial, kept until it is sent. */
export function TypedReason({
  action,
  becomes = '; it stays in the record',
  marked = false,
}: Props) {
  const { text, type, restored, refusal } = action
  return (
    <ReasonField
      value={text}
      onChange={type}
      restored={restored}
      hint={`${reasonHint}${becomes}`}
      problem={marked && refusal?.field === 'reason' ? refusal.reason : undefined}
    />
  )
}
