/** A note, a question, a reason why something is put right: some words. Pages, services and database ask for it. */
export const minNoteLength = 3

/** A reason that somebody answers for years later, by a signature or beside a conclusion: a sentence. */
export const minReasonLength = 10

const inWords = (count: number): string =>
  ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'][count] ??
  String(count)

const atLeast = (count: number) => `${inWords(count)} characters or more`

/** How a note and a reason are asked for. */
export const noteLength = `in ${atLeast(minNoteLength)}`
export const reasonLength = `in ${atLeast(minReasonLength)}`
/** The same below a field. */
export const reasonHint = atLeast(minReasonLength).replace(/^./, (first) => first.toUpperCase())

/** Blanks around it are no words. */
export const isNote = (text: string): boolean => text.trim().length >= minNoteLength
export const isReason = (text: string): boolean => text.trim().length >= minReasonLength
