/**
 * A property list as it was on the wire. Every value names its type, so that an integer where Apple
 * documents a boolean (IsDownloaded on iOS 11.3, radar 45414737) can still be told apart later.
 * A real that is not finite (`nan`, `inf`) is `undefined`, and an oddity names its key path.
 */
export type PlistValue =
  | { type: 'string'; value: string }
  | { type: 'integer'; value: number }
  | { type: 'real'; value: number | undefined }
  | { type: 'boolean'; value: boolean }
  | { type: 'date'; value: Date }
  | { type: 'data'; value: Uint8Array }
  | { type: 'array'; items: PlistValue[] }
  | { type: 'dict'; entries: Map<string, PlistValue> }

export type PlistType = PlistValue['type']

/** Something readable that is not as documented. `path` is a key path: `OSUpdateStatus[0].IsDownloaded`. */
export type Oddity = { path: string; note: string }

export type PlistReading =
  | { ok: true; value: PlistValue; oddities: Oddity[] }
  | { ok: false; because: string }

/** The only things that may go into a command: nothing that a builder could drop or round. */
export type Buildable = string | number | boolean | Buildable[] | { [key: string]: Buildable }

export const keyPath = (path: string, key: string | number): string => {
  if (typeof key === 'number') return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}
