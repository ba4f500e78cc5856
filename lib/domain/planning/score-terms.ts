// Imported by the form of the page: apart from what computes a score, so that no browser loads the statistics.

/** The terms of a score, in the order in which they are shown. */
export const scoreTerms = [
  'shrinkage',
  'verification',
  'urgency',
  'opportunity',
  'reserved',
] as const
export type ScoreTerm = (typeof scoreTerms)[number]
export type ScoreWeights = Record<ScoreTerm, number>

/**
 * A lead's to change. A first trial of an empty cell shrinks the interval by 0.21; half of that for a claimed
 * fix, a quarter for a window that closes today, and a device reserved for another question comes last.
 */
export const usualWeights: ScoreWeights = {
  shrinkage: 1,
  verification: 0.1,
  urgency: 0.05,
  opportunity: 1,
  reserved: 1,
}

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
