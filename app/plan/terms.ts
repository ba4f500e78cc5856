import type { ScoreTerm } from '@/lib/domain/planning/next-trial'

/** What each term of a score measures. */
export const termWords: Record<ScoreTerm, { label: string; hint: string }> = {
  shrinkage: {
    label: 'Narrower interval',
    hint: 'how much one more trial narrows the 95 % interval on average',
  },
  verification: { label: 'Verifies a fix', hint: '1 where a trial could check a claimed fix' },
  urgency: {
    label: 'Closing window',
    hint: '0 to 1: the target can be sent for fewer than 30 days more',
  },
  opportunity: {
    label: 'Lost questions',
    hint: 'what only this device could still answer, subtracted',
  },
  reserved: { label: 'Reserved', hint: '1 for a device that a lead has reserved, subtracted' },
}
