import { isDeepStrictEqual } from 'node:util'
import { type Refusal, refused } from './result'

type Edit<T> = {
  /** What the form showed when the typing began. */
  seen: T
  /** What is stored by now. */
  stored: T
  typed: T
}

/**
 * An edit on top of what others saved meanwhile: a value that was not typed over stays as it is stored by now.
 * @returns the values to store, and the names of those that somebody else changed too, to another value
 */
export function mergeEdit<T extends object, K extends keyof T = keyof T>(
  names: readonly K[],
  { seen, stored, typed }: Edit<T>,
): { merged: T; overtaken: K[] } {
  const same = (name: keyof T, one: T, other: T) => isDeepStrictEqual(one[name], other[name])
  const merged = { ...typed }
  for (const name of names) if (same(name, typed, seen)) merged[name] = stored[name]
  const overtaken = names.filter((name) => !same(name, seen, stored) && !same(name, merged, stored))
  return { merged, overtaken }
}

/** A value that two people have changed, as a person reads it. */
export type Difference = { label: string; theirs: string; yours: string }

export const differencesInWords = (differences: readonly Difference[]): string =>
  differences
    .map(({ label, theirs, yours }) => `${label} is now “${theirs}”, yours is “${yours}”`)
    .join('; ')

/** Refuses an edit with both values of what two have changed; one that is typed over what is stored by now is taken. */
export const overtakenRefusal = (did: string, differences: readonly Difference[]): Refusal =>
  refused(
    `Somebody else ${did} while you typed: ${differencesInWords(differences)}. Save once more to put yours in its place.`,
  )
