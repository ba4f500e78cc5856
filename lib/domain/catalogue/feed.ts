import type { FeedDate } from './feed-date'

/** The published shapes that are read, and the name of each for a person. docs/catalogue.md */
export const feedInfo = {
  pmv: { label: 'Apple PMV', what: 'what Apple lists for management and for everybody' },
  sofa: { label: 'SOFA v2', what: 'release days' },
  ipswDevice: { label: 'ipsw.me, one device', what: 'signed restore images and release days' },
  ipswDevices: { label: 'ipsw.me, devices', what: 'names of devices' },
  appledbOs: { label: 'AppleDB, OS entries', what: 'release dates and signed restore images' },
  appledbDevices: { label: 'AppleDB, devices', what: 'names of devices' },
} as const

export type FeedKind = keyof typeof feedInfo

// Object.keys answers string[]; the table above has every kind once.
export const feedKinds = Object.keys(feedInfo) as FeedKind[]

/**
 * The system an entry belongs to: an iPhone, an iPad and an iPod share one, as Apple lists them together and a
 * build never means two of them. A system that Oneway does not know has the name its source gives.
 */
export type Family = string

/** What an entry is about. A key is family, build and device: versions have many builds, builds many devices. */
export type About = {
  family: Family
  /** Without the letter of a supplement, as far as it can be told apart. */
  version: string
  /** "(a)" of a Background Security Improvement. */
  extra?: string
  /** Undefined where the source gives none that can be believed. */
  build?: string
  /** Model identifiers, as the source writes them. An empty list says that they are not known: never that there is none. */
  devices: readonly string[]
}

export const listingSets = ['public', 'managed', 'background'] as const
export type ListingSet = (typeof listingSets)[number]

/** An entry of Apple's list: offered to everybody, to management, or as a background improvement. */
export type Listing = About & {
  set: ListingSet
  /** The day of this entry, which is no release day: the two sets have different ones for one build. */
  posted?: FeedDate
  /** The end of the present listing; it moves while Apple renews it. Undefined where the list gives none. */
  until?: FeedDate
  /** The build that a background improvement is for. */
  prerequisite?: string
}

/** Whether a restore image of a build is signed for devices, as the source last saw it. */
export type Signing = About & { build: string; signed: boolean }

export const releaseMarks = ['beta', 'candidate', 'response', 'internal', 'preinstalled'] as const
export type ReleaseMark = (typeof releaseMarks)[number]

/** A release, and when it came out where the source says. */
export type Release = About & {
  released?: FeedDate
  marks: readonly ReleaseMark[]
  /** Builds that the source joins by version number alone, of other systems too: they say nothing by themselves. */
  claimedBuilds?: readonly string[]
}

type DeviceName = { device: string; name: string }

/** What a feed says, once it was read whole. */
export type FeedFacts = {
  kind: FeedKind
  /** Which of several files of this kind: the model of an ipsw.me answer, the system of a SOFA feed. */
  scope: string
  /** Of the feed itself, where it has one. */
  schemaVersion?: string
  /** The source's own check, as it writes it. */
  checked?: FeedDate
  listings: readonly Listing[]
  signings: readonly Signing[]
  releases: readonly Release[]
  names: readonly DeviceName[]
  /** What was understood otherwise than it stands there, or left out; sentences for a person. */
  remarks: readonly string[]
}

/** Where a feed is not what its source publishes; the field and the accepted form are named. */
export type FeedProblem = { path: string; reason: string }

export type ReadFeed = { facts: FeedFacts } | { problems: readonly FeedProblem[] }

/** An entry of Apple's iOS list may be of a watch, a TV or a HomePod, so the device decides. */
const prefixes: readonly (readonly [RegExp, Family])[] = [
  [/^(?:iPhone|iPad|iPod)\d/, 'iOS'],
  [/^AppleTV\d/, 'tvOS'],
  [/^Watch\d/, 'watchOS'],
  [/^AudioAccessory\d/, 'audioOS'],
  [/^RealityDevice\d/, 'visionOS'],
  [/^(?:Mac|iMac|VirtualMac|J\d)/, 'macOS'],
]

/** The family of a device, by its identifier; undefined for one of another form. */
export const familyOfDevice = (device: string): Family | undefined =>
  prefixes.find(([form]) => form.test(device))?.[1]

/** The family of a system by the name a source gives it: iOS, iPadOS and "iOS and iPadOS" are one. */
export const familyOfSystem = (name: string): Family =>
  /^(?:iOS|iPadOS|iPhoneOS|iOS and iPadOS)$/.test(name) ? 'iOS' : name
