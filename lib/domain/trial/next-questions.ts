/** What can become of the questions behind an answered one, as its command events name it. */
export const nextNotes = ['nextWaiting', 'nextAsked', 'nextNotAsked'] as const
export type NextNote = (typeof nextNotes)[number]

/** True of what a person has to be told: questions that wait, or that will not be asked. */
export const tellsOfUnasked = (kind: string): boolean =>
  kind === 'nextWaiting' || kind === 'nextNotAsked'
