import type { PlistValue, ValueType } from '@/lib/domain/documentation/plist-value'

/**
 * A property list as it was on the wire, every value with its type. A real that is not finite has the value
 * `undefined`, and an oddity with its key path.
 */
export type { PlistValue }
export type PlistType = ValueType

/** Something readable that differs from Apple's documentation. `path` is a key path: `OSUpdateStatus[0].IsDownloaded`. */
export type Oddity = { path: string; note: string }

export type PlistReading =
  | { ok: true; value: PlistValue; oddities: Oddity[] }
  | { ok: false; reason: string }

/** What a command may consist of: only values that the builder does not drop or round. */
export type Buildable = string | number | boolean | Buildable[] | { [key: string]: Buildable }

export const keyPath = (path: string, key: string | number): string => {
  if (typeof key === 'number') return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}

/**
 * The maximum size of a plist that is read. A device's reply is a few kilobytes; these limits keep the time and
 * memory for a hostile one small (10,000 elements take 70 ms with plist 5.0.0).
 */
export const plistLimits = { bytes: 1024 * 1024, values: 10_000, depth: 64 }

/**
 * The range of dates that are read, in XML and binary plists: from Foundation's `distantPast`, which is the start
 * of year 1 in the Julian calendar and two days earlier in the Gregorian, to the last day that four digits of a year
 * can express. https://developer.apple.com/documentation/foundation/date/distantpast
 */
const dates = {
  first: Date.parse('0000-12-30T00:00:00Z'),
  after: Date.parse('+010000-01-01T00:00:00Z'),
}
export const isReadableDate = (time: number): boolean => time >= dates.first && time < dates.after
export const dateOutOfRange = 'not a date from the distant past (0000-12-30) to the year 9999'

/** Keys with a meaning in JavaScript itself: https://github.com/TooTallNate/plist.js/pull/118 (CVE-2022-22912). */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/** Stops reading with the reason that the record shows; `readPlist` catches it. */
export function unreadable(reason: string): never {
  throw new Error(reason)
}

/** Refuses an empty or repeated key, and one with a meaning in JavaScript. */
export function checkKey(key: string, seen: { has(key: string): boolean }): void {
  if (key === '') unreadable('a dict has an empty key')
  if (forbiddenKeys.has(key)) unreadable(`a dict has the key ${key}`)
  if (seen.has(key)) unreadable(`the key ${JSON.stringify(key)} stands twice in one dict`)
}
