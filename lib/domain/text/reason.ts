/** Characters of a note, a query, or a reason for a correction. Pages, services and database require it. */
export const minNoteLength = 3

/** Characters of a reason for a signature or a conclusion, which must still be understood years later: a sentence. */
export const minReasonLength = 10

const inWords = (count: number): string =>
  ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'][count] ??
  String(count)

const atLeast = (count: number) => `${inWords(count)} characters or more`

/** The required lengths, as the end of a sentence. */
export const noteLength = `in ${atLeast(minNoteLength)}`
export const reasonLength = `in ${atLeast(minReasonLength)}`
/** The required length as a hint below a field. */
export const reasonHint = atLeast(minReasonLength).replace(/^./, (first) => first.toUpperCase())

/** Blanks around the text do not count. */
export const isNote = (text: string): boolean => text.trim().length >= minNoteLength
export const isReason = (text: string): boolean => text.trim().length >= minReasonLength
