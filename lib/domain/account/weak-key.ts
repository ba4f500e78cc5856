/** Shorter keys can be guessed: 16 characters of base64 hold 96 bits. */
const minKeyLength = 16

/** Keys that appear in documents, examples and tests, by their letters alone. */
const known = [
  'admin',
  'apikey',
  'changeme',
  'default',
  'demo',
  'example',
  'faultmdmkey',
  'hmackey',
  'key',
  'labapikey',
  'labhmackey',
  'mdm',
  'micromdm',
  'nanomdm',
  'nanomdmtestapikey',
  'nanomdmtesthmackey',
  'oneway',
  'password',
  'qwerty',
  'secret',
  'supersecret',
  'test',
  'webhook',
]

/** Fewer different characters than a random key of 16 ever has: it has under 6 once in 10^9. */
const minDifferentCharacters = 6

/**
 * Why a key or secret is too weak; undefined where none of these reasons applies. The answer never
 * holds the key itself, as it ends on a screen or in a log.
 */
export function weakKeyProblem(text: string): string | undefined {
  if (isKnown(text)) return 'it is a word that attackers try first'
  if (text.length < minKeyLength) return `it has fewer than ${minKeyLength} characters`
  if (new Set(text).size < minDifferentCharacters) return 'it repeats a few characters'
  if (isRepeated(text)) return 'it repeats a short sequence'
  return isSequence(text) ? 'its characters follow the order of the alphabet' : undefined
}

/** One of the known words, however it is written, with digits around it, or several of them in a row. */
function isKnown(text: string): boolean {
  let letters = text.toLowerCase().replace(/[^a-z]/g, '')
  if (letters === '') return false
  // The longest first, so that "nanomdm" is not read as "mdm" with something before it.
  for (const word of known.toSorted((a, b) => b.length - a.length))
    letters = letters.replaceAll(word, '')
  // What is left of a random key is most of it.
  return letters === ''
}

function isRepeated(text: string): boolean {
  for (let size = 1; size <= text.length / 2; size += 1)
    if (text.slice(size) === text.slice(0, -size)) return true
  return false
}

/** Nine of ten neighbours are one apart, up or down. */
function isSequence(text: string): boolean {
  const codes = [...text.toLowerCase()].map((sign) => sign.codePointAt(0) ?? 0)
  const steps = codes.slice(1).map((code, at) => code - (codes[at] ?? 0))
  const near = (by: number) => steps.filter((step) => step === by).length >= 0.9 * steps.length
  return near(1) || near(-1)
}
