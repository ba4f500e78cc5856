import { type Platform, platforms, padPlatform as runningOn } from '../device/device'
import { buildPattern, isBuild, versionPattern } from '../device/os-version'

/** What a text such as "iPadOS 17.6.1" or "12.5.5 (16H62)" says. */
export type OsText = {
  version: string
  extra?: string
  build?: string
  supplementalBuild?: string
  family?: Family
}

/** What a word says of the platform; an export's "iOS/iPadOS" leaves open which of the two. */
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

/** Undefined where it is not a version; "12.01" is not, as Apple pads no part. */
export function readOsText(text: string): OsText | undefined {
  const match = osText.exec(text.trim().replaceAll(/\s+/g, ' '))
  const [, word, version, supplement, build] = match ?? []
  if (version === undefined) return undefined
  const family = word === undefined ? undefined : familyOf(word)
  if (word !== undefined && family === undefined) return undefined
  // Words are read in any letters, a build in its own only.
  if (build !== undefined && !isBuild(build)) return undefined
  // Settings shows one build: with a supplement, whose build ends in a letter, that one's.
  const supplemental = supplement !== undefined && build !== undefined && /[a-z]$/.test(build)
  return {
    version,
    ...(supplement && { extra: supplement.toLowerCase() }),
    ...(build && (supplemental ? { supplementalBuild: build } : { build })),
    ...(family && { family }),
  }
}

/** What a platform cell says: a word, or a word with a version behind it. */
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
 * The platform a row tells; undefined where it leaves it open. The model decides, and for an iPad its
 * version, as lib/domain/device/device says; here the word of the file and the model stand in for a version.
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
  // A model that the word contradicts is refused by the draft's own check, which sees both.
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
  // The iPad Air 2 (iPad5,3) and mini 4 (iPad5,1) are the oldest that took iPadOS; from iPad12 on all came with it.
  const generation = Number(/^iPad(\d+),/.exec(model ?? '')?.[1] ?? '0')
  if (generation >= 1 && generation <= 4) return 'iOS'
  return said === 'iOS' && generation < 12 ? 'iOS' : 'iPadOS'
}
