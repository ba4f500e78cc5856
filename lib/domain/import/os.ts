import { type Platform, platforms, padPlatform as runningOn } from '../device/device'
import { buildPattern, isBuild, versionPattern } from '../device/os-version'

/** The parts of a text such as "iPadOS 17.6.1" or "12.5.5 (16H62)". */
export type OsText = {
  version: string
  extra?: string
  build?: string
  supplementalBuild?: string
  family?: Family
}

/** A platform as exports name it; "iOS/iPadOS" does not say which of the two. */
export type Family = Platform | 'iPad' | 'iOS or iPadOS'

const families: Record<string, Family> = {
  ios: 'iOS',
  iphone: 'iOS',
  iphoneos: 'iOS',
  appleios: 'iOS',
  ipod: 'iOS',
  ipodtouch: 'iOS',
  ipados: 'iPadOS',
  appleipados: 'iPadOS',
  ipad: 'iPad',
  tvos: 'tvOS',
  appletv: 'tvOS',
  appletvos: 'tvOS',
  tablet: 'iPad',
  phone: 'iOS',
  smartphone: 'iOS',
  iosipados: 'iOS or iPadOS',
  iosandipados: 'iOS or iPadOS',
  ipadosios: 'iOS or iPadOS',
  iosoripados: 'iOS or iPadOS',
  iphoneipad: 'iOS or iPadOS',
  iphoneipadipod: 'iOS or iPadOS',
  mobile: 'iOS or iPadOS',
  mobiledevice: 'iOS or iPadOS',
  handheld: 'iOS or iPadOS',
}

const familyOf = (word: string): Family | undefined =>
  families[word.toLowerCase().replaceAll(/[^a-z]/g, '')]

const osText = new RegExp(
  String.raw`^(?:(?!version )([a-z ]{3,12}) )?(?:version )?(${versionPattern})(?: ?(\([a-z]\)))?(?: ?[([]?(?:build )?(${buildPattern})[)\]]?)?$`,
  'i',
)

/** Undefined if the text is not a version, such as "12.01", because Apple's have no leading zeros. */
export function readOsText(text: string): OsText | undefined {
  const match = osText.exec(text.trim().replaceAll(/\s+/g, ' '))
  const [, word, version, supplement, build] = match ?? []
  if (version === undefined) return undefined
  const family = word === undefined ? undefined : familyOf(word)
  if (word !== undefined && family === undefined) return undefined
  // Words may be in any case, a build may not.
  if (build !== undefined && !isBuild(build)) return undefined
  // Settings show one build: that of the supplement, which ends in a letter, if one is installed.
  const supplemental = supplement !== undefined && build !== undefined && /[a-z]$/.test(build)
  return {
    version,
    ...(supplement && { extra: supplement.toLowerCase() }),
    ...(build && (supplemental ? { supplementalBuild: build } : { build })),
    ...(family && { family }),
  }
}

/** Reads a platform cell: a word, optionally with a version after it. */
export function readPlatform(text: string): { family: Family; version?: string } | undefined {
  const family = familyOf(text)
  if (family && !/\d/.test(text)) return { family }
  const os = readOsText(text)
  return os?.family && { family: os.family, version: os.version }
}

const modelFamilies: [string, Family][] = [
  ['iPhone', 'iOS'],
  ['iPod', 'iOS'],
  ['iPad', 'iPad'],
  ['AppleTV', 'tvOS'],
]

export type PlatformClues = {
  said: Family | undefined
  modelIdentifier: string | undefined
  modelName: string | undefined
  version: string | undefined
}

/**
 * The platform of a row; undefined if the row does not show it. It follows from the model, and for an iPad from its
 * version, as in lib/domain/device/device; if there is no version, from the word in the file and the model.
 */
export function platformOf({
  said,
  modelIdentifier,
  modelName,
  version,
}: PlatformClues): Platform | undefined {
  const byModel =
    modelFamilies.find(([start]) => modelIdentifier?.startsWith(start))?.[1] ??
    modelFamilies.find(([start]) =>
      modelName?.replace('Apple TV', 'AppleTV').startsWith(start),
    )?.[1]
  const isPad = byModel === 'iPad' || (!byModel && (said === 'iPad' || said === 'iPadOS'))
  if (isPad) return padPlatform(said, modelIdentifier, version)
  // A word that contradicts the model is refused by the check of the draft, which sees both.
  if (said === 'tvOS' || said === 'iPadOS') return said
  const plain = platforms.find((one) => one === byModel)
  return plain ?? (said === 'iOS' ? 'iOS' : undefined)
}

function padPlatform(
  said: Family | undefined,
  model: string | undefined,
  version: string | undefined,
): Platform {
  if (said === 'tvOS') return said
  const running = runningOn(version)
  if (running) return running
  // The iPad Air 2 (iPad5,3) and mini 4 (iPad5,1) are the oldest that run iPadOS; from iPad12 on all came with it.
  const generation = Number(/^iPad(\d+),/.exec(model ?? '')?.[1] ?? '0')
  if (generation >= 1 && generation <= 4) return 'iOS'
  return said === 'iOS' && generation < 12 ? 'iOS' : 'iPadOS'
}
