import { keyPath, type Oddity, type PlistType, type PlistValue } from './plist/value'

/**
 * A place in a device's answer. Reading it never throws: what is not of the expected type is
 * undefined, and its key path goes to the oddities. A missing value is undefined without a note,
 * because most of Apple's keys are optional.
 */
export type Place = { path: string; value: PlistValue | undefined; oddities: Oddity[] }

export const rootOf = (value: PlistValue, oddities: Oddity[]): Place => ({
  path: '',
  value,
  oddities,
})

/** The value under a key; a place without a value where the parent is no dict or has no such key. */
export function under(place: Place, key: string): Place {
  const value = place.value?.type === 'dict' ? place.value.entries.get(key) : undefined
  return { path: keyPath(place.path, key), value, oddities: place.oddities }
}

export const isMissing = (place: Place): boolean => place.value === undefined

export function note(place: Place, text: string): void {
  place.oddities.push({ path: place.path, note: text })
}

const expected = (place: Place, what: PlistType): undefined => {
  if (place.value) note(place, `not understood: ${place.value.type} where ${what} is documented`)
  return undefined
}

export function isDict(place: Place): boolean {
  return place.value?.type === 'dict' || expected(place, 'dict') !== undefined
}

export function itemsOf(place: Place): Place[] | undefined {
  const { path, value, oddities } = place
  if (value?.type !== 'array') return expected(place, 'array')
  return value.items.map((item, i) => ({ path: keyPath(path, i), value: item, oddities }))
}

export function textOf(place: Place): string | undefined {
  if (place.value?.type !== 'string') return expected(place, 'string')
  return place.value.value
}

/** 0 and 1 count: iOS 11.3 sends IsDownloaded so, https://github.com/lionheart/openradar-mirror/issues/20593. */
export function flagOf(place: Place): boolean | undefined {
  const { value } = place
  if (value?.type === 'boolean') return value.value
  if (value?.type !== 'integer' || (value.value !== 0 && value.value !== 1))
    return expected(place, 'boolean')
  note(place, `integer ${value.value} where boolean is documented, read as ${value.value === 1}`)
  return value.value === 1
}

/** A number of any size and sign; an integer counts. */
export function realOf(place: Place): number | undefined {
  const { value } = place
  if (value?.type === 'real') return value.value
  if (value?.type !== 'integer') return expected(place, 'real')
  note(place, 'integer where real is documented')
  return value.value
}

/** A whole number; a real without a fraction counts. */
export function wholeOf(place: Place): number | undefined {
  const { value } = place
  if (value?.type === 'integer') return value.value
  if (value?.type !== 'real' || !Number.isSafeInteger(value.value))
    return expected(place, 'integer')
  note(place, 'real where integer is documented')
  return value.value
}
