import type { PlistValue } from '@/lib/mdm/plist/value'

/** A value as `oracle.py` writes it: its type, and its content in a form that is exact in JSON. */
export type Typed = [type: string, content?: unknown]

export const isBinaryPlist = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 8)).toString('latin1') === 'bplist00'

/** A value of our reader in the same form. */
export function typed(value: PlistValue): Typed {
  if (value.type === 'array') return ['array', value.items.map(typed)]
  if (value.type === 'dict')
    return ['dict', [...value.entries].map(([key, item]) => [key, typed(item)])]
  if (value.type === 'integer') return ['integer', String(value.value)]
  if (value.type === 'real') return ['real', realHex(value.value)]
  if (value.type === 'date') return ['date', value.value.getTime() * 1000]
  if (value.type === 'data') return ['data', Buffer.from(value.value).toString('base64')]
  return [value.type, value.value]
}

const realHex = (value: number | undefined): string => {
  if (value === undefined) return 'not finite'
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes.toString('hex')
}

/**
 * The first difference between two values; undefined if they are equal. Our dates have milliseconds and
 * plistlib's microseconds, so dates less than a millisecond apart are equal.
 */
export function firstDifference(ours: Typed, theirs: Typed, at = ''): string | undefined {
  const [type, content] = ours
  const [theirType, theirContent] = theirs
  if (type === theirType && Array.isArray(content) && Array.isArray(theirContent)) {
    if (content.length !== theirContent.length)
      return `${at || 'the root'}: ${content.length} items, plistlib has ${theirContent.length}`
    for (const [i, item] of content.entries()) {
      const difference = differenceOfItems(type, item, theirContent[i], `${at}[${i}]`)
      if (difference !== undefined) return difference
    }
    return undefined
  }
  const same =
    type === theirType &&
    (type === 'date'
      ? Math.abs(Number(content) - Number(theirContent)) < 1000
      : content === theirContent)
  if (same) return undefined
  return `${at || 'the root'}: ${shown(ours)}, plistlib has ${shown(theirs)}`
}

const differenceOfItems = (type: string, ours: unknown, theirs: unknown, at: string) => {
  // Both lists come from `typed`, here or in oracle.py, so their items have this shape.
  if (type === 'array') return firstDifference(ours as Typed, theirs as Typed, at)
  const [[key, value], [theirKey, theirValue]] = [
    ours as [string, Typed],
    theirs as [string, Typed],
  ]
  return key === theirKey
    ? firstDifference(value, theirValue, at)
    : `${at}: the key ${JSON.stringify(key)}, plistlib has ${JSON.stringify(theirKey)}`
}

const shown = (value: Typed) => JSON.stringify(value).slice(0, 120)
