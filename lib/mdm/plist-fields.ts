import {
  acceptedBuild,
  acceptedVersion,
  isBuild,
  splitVersion,
} from '@/lib/domain/device/os-version'
import { keyPath, type Oddity, type PlistType, type PlistValue } from './plist/value'

/**
 * A place in a device's answer. Reading it never throws: a value of an unexpected type is read as undefined, and
 * its key path is added to the oddities. A missing value is undefined without an oddity, as most of Apple's keys
 * are optional.
 */
export type Place = { path: string; value: PlistValue | undefined; oddities: Oddity[] }

export const rootOf = (value: PlistValue, oddities: Oddity[]): Place => ({
  path: '',
  value,
  oddities,
})

/** The place under a key; it has no value if the parent is not a dict or lacks the key. */
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

/** A boolean; 0 and 1 count too: iOS 11.3 sends IsDownloaded so, https://github.com/lionheart/openradar-mirror/issues/20593. */
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

/** A text without surrounding blanks; undefined with an oddity if it is blank or longer than any version. */
export function wordOf(place: Place): string | undefined {
  const text = textOf(place)
  if (text === undefined || (text.trim() !== '' && text.length <= 64)) return text?.trim()
  note(place, 'not understood: blank or longer than any version')
  return undefined
}

/** An OS version; undefined with an oddity for any other text. Devices have sent a build or a blank instead. */
export function versionOf(place: Place): string | undefined {
  const text = wordOf(place)
  if (text === undefined || splitVersion(text)) return text
  note(place, `not understood: not ${acceptedVersion}`)
  return undefined
}

/** An OS build; undefined with an oddity for any other text. */
export function buildOf(place: Place): string | undefined {
  const text = wordOf(place)
  if (text === undefined || isBuild(text)) return text
  note(place, `not understood: not ${acceptedBuild}`)
  return undefined
}

const maxNameLength = 100

/** A serial, a model or a device's own name, on one line; undefined if nothing visible is left. */
export function nameOf(place: Place): string | undefined {
  const text = textOf(place)
    ?.replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, maxNameLength)
  return text === '' ? undefined : text
}
