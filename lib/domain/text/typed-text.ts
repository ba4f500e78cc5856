// Which texts the record accepts, and how text with misleading characters is shown.

const isSurrogate = /\p{Cs}/u
/** Control characters except tab and line ends, and unpaired surrogates: with the `u` flag a pair is one character. */
const unkept = /[^\P{Cc}\t\n\r]|\p{Cs}/u

const codePoint = (sign: string) =>
  `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/**
 * Why this text cannot be stored; undefined if it can. PostgreSQL's text accepts no NUL, its jsonb no unpaired surrogate
 * (docs/faults.md F36), and other control characters are invisible on pages and control a terminal that prints them.
 * Tab and line ends are accepted.
 */
export function textProblem(text: string): string | undefined {
  const found = unkept.exec(text)
  if (!found) return undefined
  const what = isSurrogate.test(found[0]) ? 'half a character' : 'a control character'
  return `This contains ${what} (${codePoint(found[0])}, at position ${found.index + 1}), which cannot be stored. Enter it again without that.`
}

/** The same for text on one line, such as a name. */
export function lineProblem(text: string): string | undefined {
  return /[\t\n\r\u2028\u2029]/.test(text)
    ? 'Write it on one line, without tabs and line breaks.'
    : textProblem(text)
}

/** Why a text is no title: it is empty, too long, or not on one line. @param ifEmpty what to write there */
export function titleProblem(title: string, max: number, ifEmpty: string): string | undefined {
  if (title === '') return ifEmpty
  return title.length > max ? `use at most ${max} characters` : lineProblem(title)
}

/**
 * Invisible and bidirectional characters (https://www.unicode.org/reports/tr9/), with which a text can look like another
 * one. Not the joiners U+200C and U+200D, which scripts and emoji need, and not letters that only look alike: a
 * confirmation asks for the serial.
 */
const hidden =
  /([\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0001}\u{e0020}-\u{e007f}]|[^\P{Cc}\t\n\r]|\p{Cs})/u

/** Invisible, bidirectional, or a space other than the plain one. */
const unseen = /\p{Default_Ignorable_Code_Point}|[\p{Cf}\p{Co}\p{Cn}\u2800]|(?! )\p{Z}/u

/** Why a text cannot be used to identify something: two such texts could look the same. */
export function hiddenProblem(text: string): string | undefined {
  const found = unseen.exec(text)
  if (!found) return undefined
  return `This contains an invisible or bidirectional character (${codePoint(found[0])}, at position ${found.index + 1}). Enter it again without that.`
}

/** A part of a text: plain, or a character that is shown by its code point. */
export type ShownPiece = { plain: string } | { hidden: string }

export function shownPieces(text: string): ShownPiece[] {
  return text
    .split(hidden)
    .map((piece, at) => (at % 2 === 0 ? { plain: piece } : { hidden: codePoint(piece) }))
    .filter((piece) => 'hidden' in piece || piece.plain !== '')
}

/** The same as one text, for a label, an option or a title. */
export const shownText = (text: string): string =>
  shownPieces(text)
    .map((piece) => ('hidden' in piece ? `⟨${piece.hidden}⟩` : piece.plain))
    .join('')

/** The form of Oneway's IDs. Anything else identifies nothing, and PostgreSQL would answer with an error. */
export const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The text for a cell of a CSV file: what a spreadsheet would read as a formula gets an apostrophe
 * (https://owasp.org/www-community/attacks/CSV_Injection). lib/db/sql/functions/csv_safe.sql does the same.
 * A text that begins with apostrophes and such a character gets one too, so that `withFormula` finds what was there.
 */
export const withoutFormula = (text: string): string =>
  /^'*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text

/** The text that a cell was made from. */
export const withFormula = (cell: string): string =>
  /^'+[=+\-@\t\r\n＝＋－＠]/.test(cell) ? cell.slice(1) : cell

/** A text without the signs of one kind at its end. An expression for this takes long for a text with many of them. */
export function withoutTrailing(text: string, sign: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === sign) end -= 1
  return text.slice(0, end)
}
