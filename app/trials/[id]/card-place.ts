import type { TrialCard } from './next-step'

/** The anchor of a part of the page. */
export const cardPlace = (card: TrialCard) => `trial-${card}`
