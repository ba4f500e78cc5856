/** The base64 characters that depend on `text` alone, for each of its three possible alignments. */
const inBase64 = (text: string): string[] =>
  [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)])
    const from = Math.ceil((shift * 4) / 3)
    return bytes.toString('base64').slice(from, Math.floor((bytes.byteLength * 8) / 6))
  })

const hexOf = (text: string, separator = '') =>
  [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0')).join(separator)

const perLetter = (text: string, write: (code: number) => string) =>
  [...text].map((letter) => write(letter.charCodeAt(0))).join('')

/** A secret of repeated letters, so that every line of base64 or of a hex dump contains them whole. */
export const secretOf = (letters: string): Buffer => Buffer.from(letters.repeat(8))

/** Every form in which a page, file or response could show the letters of a secret, in lower case. */
export function formsOf(letters: string): string[] {
  const base64 = inBase64(letters)
  const forms = [
    ...[letters, ...base64, ...base64.flatMap(inBase64)],
    // Hex, as PostgreSQL writes bytea, also of base64.
    ...[letters, ...base64].map((text) => hexOf(text)),
    hexOf(letters, ' '),
    hexOf(letters, ', 0x'),
    perLetter(letters, (code) => `&#${code};`),
    perLetter(letters, (code) => `&#x${code.toString(16)};`),
    perLetter(letters, (code) => `\\u00${code.toString(16)}`),
    perLetter(letters, (code) => `%${code.toString(16)}`),
    // UTF-16 read as one byte per letter.
    perLetter(letters, (code) => `${String.fromCharCode(code)}\0`),
    ...inBase64(Buffer.from(letters, 'utf16le').toString('latin1')),
  ]
  return forms.map((form) => form.toLowerCase())
}
