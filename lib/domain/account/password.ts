/**
 * Length in Unicode code points. At least 15, because a password alone can be enough to sign in here
 * (NIST SP 800-63B-4 §3.1.1.2: "SHALL … minimum of 15"; ASVS 5.0 6.2.1 requires 8 and recommends 15). No mix of
 * characters is required, and any character may be used (6.2.5).
 */
export const passwordRule = { min: 15, max: 128 }

/** The person whose password it will be: it must not consist of what others know about them. */
export type PasswordOwner = { name?: string | undefined; email?: string | undefined }

/** Whether this password, in NFKC and lower case, is a common one; the list is lib/credentials/common-passwords. */
export type IsCommon = (normal: string) => boolean

/**
 * Why this person cannot use this password; undefined if they can. The form checks without the list of common
 * passwords, which is large; the services check with it.
 */
export function passwordProblem(
  password: string,
  owner: PasswordOwner,
  isCommon: IsCommon = () => false,
): string | undefined {
  const { min, max } = passwordRule
  const length = [...password].length
  if (length < min)
    return `Use ${min} characters or more; this has ${length}. Four unrelated words are fine.`
  if (length > max) return `Use ${max} characters at most; this has ${length}.`
  const normal = normalForm(password)
  if (isCommon(normal))
    return 'Many people use this password, so it is guessed first. Choose another.'
  if (isMonotonous(normal))
    return 'This repeats itself or follows a sequence of characters, which is guessed first. Choose another.'
  const known = knownWordIn(normal, owner)
  if (known !== undefined)
    return `Without “${known}”, which others know, too little of this is left. Choose another.`
  return undefined
}

/** The form in which passwords are compared: NFKC, as better-auth hashes them, in lower case. */
export const normalForm = (password: string): string => password.normalize('NFKC').toLowerCase()

/** A word for how hard it is to guess, judged by length and variety; undefined while it is refused. */
export function passwordStrength(password: string, owner: PasswordOwner): string | undefined {
  if (passwordProblem(password, owner) !== undefined) return undefined
  const different = new Set(normalForm(password)).size
  const length = [...password].length
  if (length >= 24 && different >= 12) return 'Very strong'
  return length >= 18 && different >= 10 ? 'Strong' : 'Good'
}

/** Fewer than five different characters, one part repeated, or a run along the alphabet. */
function isMonotonous(normal: string): boolean {
  const signs = [...normal]
  if (new Set(signs).size < 5) return true
  for (let part = 1; part <= signs.length / 2; part++)
    if (signs.every((sign, at) => sign === signs[at % part])) return true
  const codes = signs.map((sign) => sign.codePointAt(0) ?? 0)
  const steps = codes.slice(1).map((code, at) => code - (codes[at] ?? 0))
  return steps.filter((step) => Math.abs(step) <= 1).length > steps.length * 0.8
}

/** Characters that must remain after removing the words that others know. */
const minRest = 8

function knownWordIn(normal: string, { name = '', email = '' }: PasswordOwner): string | undefined {
  const words = [...new Set(['oneway', ...normalForm(`${name} ${email}`).split(/[^\p{L}\p{N}]+/u)])]
    .filter((word) => [...word].length >= 3)
    .sort((a, b) => b.length - a.length)
  const found = words.filter((word) => normal.includes(word))
  const rest = found.reduce((text, word) => text.replaceAll(word, ''), normal)
  const letters = rest.replaceAll(/[^\p{L}\p{N}]/gu, '')
  return found.length > 0 && [...letters].length < minRest ? found[0] : undefined
}
