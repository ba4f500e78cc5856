/** By number is by when it was drafted; by release puts what was never released last. */
export const trialSorts = ['number', 'released'] as const
export type TrialSort = (typeof trialSorts)[number]
