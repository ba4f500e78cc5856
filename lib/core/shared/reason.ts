import { isNote, noteLength } from '@/lib/domain/text/reason'
import { type Refusal, refused } from './result'

/** A reason that will be read years later: some words, and no more than a record can show. */
export function badReason(reason: string): Refusal | undefined {
  if (!isNote(reason)) return refused(`Say why, ${noteLength}.`, 'reason')
  if (reason.length > 500) return refused('Say why in at most 500 characters.', 'reason')
  return undefined
}
