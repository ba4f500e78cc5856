import {
  acceptedBuild,
  acceptedVersion,
  isBuild,
  splitVersion,
} from '@/lib/domain/device/os-version'
import { note, type Place, textOf } from './plist-fields'

/** A text without the blanks around it; one that is blank, or longer than any version, is noted. */
export function wordOf(place: Place): string | undefined {
  const text = textOf(place)
  if (text === undefined || (text.trim() !== '' && text.length <= 64)) return text?.trim()
  note(place, 'not understood: blank or longer than any version')
  return undefined
}

/** Devices have sent a build or a blank for their version: such a text is none, and is noted. */
export function versionOf(place: Place): string | undefined {
  const text = wordOf(place)
  if (text === undefined || splitVersion(text)) return text
  note(place, `not understood: not ${acceptedVersion}`)
  return undefined
}

/** A build in the one form that builds have; another text is noted. */
export function buildOf(place: Place): string | undefined {
  const text = wordOf(place)
  if (text === undefined || isBuild(text)) return text
  note(place, `not understood: not ${acceptedBuild}`)
  return undefined
}

const longestName = 100

/** A serial, a model or a device's own name on one line; undefined where nothing can be seen of it. */
export function nameOf(place: Place): string | undefined {
  const text = textOf(place)
    ?.replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, longestName)
  return text === '' ? undefined : text
}
