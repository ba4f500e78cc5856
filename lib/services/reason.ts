import { type Refusal, refused } from './result'

/** A reason that will be read years later: some words, and no more than a record can show. */
export function badReason(reason: string): Refusal | undefined {
  if (reason.trim().length < 3) return refused('Say why, in three characters or more.', 'reason')
  if (reason.length > 500) return refused('Say why in at most 500 characters.', 'reason')
  return undefined
}
