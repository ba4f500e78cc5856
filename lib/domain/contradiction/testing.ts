import type { PlistValue } from '../documentation/plist-value'

export type Real = { real: number | undefined }

/** For tests: shorthand for a value of a reply. A number is an integer. */
export type Short = string | number | boolean | Real | Short[] | { [key: string]: Short }

export const real = (value: number | undefined): Real => ({ real: value })

export function typed(short: Short): PlistValue {
  if (typeof short === 'string') return { type: 'string', value: short }
  if (typeof short === 'boolean') return { type: 'boolean', value: short }
  if (typeof short === 'number') return { type: 'integer', value: short }
  if (Array.isArray(short)) return { type: 'array', items: short.map(typed) }
  if (isReal(short)) return { type: 'real', value: short.real }
  const entries = Object.entries(short).map(([key, value]) => [key, typed(value)] as const)
  return { type: 'dict', entries: new Map(entries) }
}

const isReal = (short: object): short is Real => 'real' in short && Object.keys(short).length === 1

/** A reply with its envelope; `keys` is its answer. */
export const replyOf = (keys: { [key: string]: Short }, status = 'Acknowledged') =>
  typed({ CommandUUID: '0001', Status: status, UDID: 'a1b2', ...keys })
