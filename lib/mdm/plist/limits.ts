/**
 * The most a plist may hold and still be read. A device's reply is a few kilobytes; these bounds keep
 * the time and the memory of a hostile one small (10,000 elements take 70 ms with plist 5.0.0).
 */
export const plistLimits = { bytes: 1024 * 1024, values: 10_000, depth: 64 }

/**
 * The dates that are read, in XML and in binary alike: from Foundation's `distantPast`, which is the
 * year 1 of the Julian calendar and two days earlier in ours, to the last day that XML's four digits
 * can write. https://developer.apple.com/documentation/foundation/date/distantpast
 */
const dates = {
  first: Date.parse('0000-12-30T00:00:00Z'),
  after: Date.parse('+010000-01-01T00:00:00Z'),
}
export const isReadableDate = (time: number): boolean => time >= dates.first && time < dates.after
export const dateOutOfRange = 'not a date from the distant past (0000-12-30) to the year 9999'

/** Keys that mean something to JavaScript itself: https://github.com/TooTallNate/plist.js/pull/118 (CVE-2022-22912). */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/** Gives a pre-check up. The reason is what the record shows; `readPlist` turns it into a value. */
export function unreadable(reason: string): never {
  throw new Error(reason)
}

/** Refuses a key that could not be told from another one, or that a reader would misuse. */
export function checkKey(key: string, seen: { has(key: string): boolean }): void {
  if (key === '') unreadable('a dict has an empty key')
  if (forbiddenKeys.has(key)) unreadable(`a dict has the key ${key}`)
  if (seen.has(key)) unreadable(`the key ${JSON.stringify(key)} stands twice in one dict`)
}
