import type { PlistValue, ValueType } from '@/lib/domain/documentation/plist-value'

/**
 * A property list as it was on the wire, every value with its type. A real that is not finite is
 * `undefined`, and an oddity names its key path.
 */
export type { PlistValue }
export type PlistType = ValueType

/** Something readable that is not as documented. `path` is a key path: `OSUpdateStatus[0].IsDownloaded`. */
export type Oddity = { path: string; note: string }

export type PlistReading =
  | { ok: true; value: PlistValue; oddities: Oddity[] }
  | { ok: false; reason: string }

/** The only things that may go into a command: nothing that a builder could drop or round. */
export type Buildable = string | number | boolean | Buildable[] | { [key: string]: Buildable }

export const keyPath = (path: string, key: string | number): string => {
  if (typeof key === 'number') return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}
