import type { Platform } from './device'
import { atLeast, parseVersion } from './os-version'

/** The first iPadOS; an iPad below it runs iOS. https://support.apple.com/en-us/118397 */
const firstIpadOs = '13.1'

type Clues = { modelIdentifier?: string | null | undefined; osVersion?: string | null | undefined }

/** The OS an iPad runs at a version; undefined where the text is no version. */
export function padPlatform(osVersion: string | null | undefined): Platform | undefined {
  const version = parseVersion(osVersion ?? '')
  return version && (atLeast(version, firstIpadOs) ? 'iPadOS' : 'iOS')
}

/**
 * The platform a device runs, by its model ("iPad4,1") and its OS version; what the two leave open is `stored`,
 * what the inventory says. Undefined for a model that has no place in this lab.
 */
export function platformOf(clues: Clues): Platform | undefined
export function platformOf(clues: Clues, stored: Platform): Platform
export function platformOf(
  { modelIdentifier, osVersion }: Clues,
  stored?: Platform,
): Platform | undefined {
  const model = modelIdentifier ?? ''
  if (/^(iPhone|iPod)\d/.test(model)) return 'iOS'
  if (/^AppleTV\d/.test(model)) return 'tvOS'
  if (/^iPad\d/.test(model)) return padPlatform(osVersion) ?? stored ?? 'iPadOS'
  return stored === 'iPadOS' ? (padPlatform(osVersion) ?? stored) : stored
}
