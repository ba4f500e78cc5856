/** One thing that is no longer what the engineer saw. */
export type Difference = { what: string; was: string; is: string }

/**
 * Takes a sentence of `differences` apart, "Battery: 0.9 → 0.1", so that the two stand side by side.
 * Undefined for a sentence of another form, which is then shown as it is.
 */
export function readDifference(sentence: string): Difference | undefined {
  const [, what, was, is] = /^([^:]*): ([^→]*) → (.*)$/s.exec(sentence) ?? []
  return what === undefined || was === undefined || is === undefined ? undefined : { what, was, is }
}
