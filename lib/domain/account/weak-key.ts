/** Shorter keys can be guessed; 16 characters of base64 are 96 bits. */
const minKeyLength = 16

/** Keys from documentation, examples and tests, reduced to their letters. */
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
  'kmfddm',
  'labapikey',
  'labhmackey',
  'mdm',
  'micromdm',
  'nanohub',
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

/** A random key of 16 characters has fewer different ones than this once in 10^9. */
const minDifferentCharacters = 6

/**
 * Why a key or secret is too weak; undefined if it is not. The reason never contains the key, because it is shown on
 * pages and in logs.
 */
export function weakKeyProblem(text: string): string | undefined {
  if (isKnown(text)) return 'it is a word that attackers try first'
  if (text.length < minKeyLength) return `it has fewer than ${minKeyLength} characters`
  if (new Set(text).size < minDifferentCharacters) return 'it repeats a few characters'
  if (isRepeated(text)) return 'it repeats a short sequence'
  return isSequence(text) ? 'its characters follow the order of the alphabet' : undefined
}

/** One or several known words in a row, in any letter case and with other characters around them. */
function isKnown(text: string): boolean {
  let letters = text.toLowerCase().replace(/[^a-z]/g, '')
  if (letters === '') return false
  // Longest first, so that "nanomdm" is removed before "mdm".
  for (const word of known.toSorted((a, b) => b.length - a.length))
    letters = letters.replaceAll(word, '')
  // Most of a random key would remain.
  return letters === ''
}

function isRepeated(text: string): boolean {
  for (let size = 1; size <= text.length / 2; size += 1)
    if (text.slice(size) === text.slice(0, -size)) return true
  return false
}

/** In at least nine of ten pairs of neighbours the code points differ by one, in one direction. */
function isSequence(text: string): boolean {
  const codes = [...text.toLowerCase()].map((sign) => sign.codePointAt(0) ?? 0)
  const steps = codes.slice(1).map((code, at) => code - (codes[at] ?? 0))
  const near = (by: number) => steps.filter((step) => step === by).length >= 0.9 * steps.length
  return near(1) || near(-1)
}
