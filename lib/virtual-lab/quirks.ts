import type { Platform } from '@/lib/domain/device'
import { atLeast, below, version } from '@/lib/domain/os-version'
import type { Citation } from '@/lib/domain/rule'
import type { VirtualDevice } from './virtual-device'

export const quirkIds = [
  'integerIsDownloaded',
  'errorThoughStarted',
  'errorWhenNothingIsOffered',
  'silentForInstalledVersion',
  'capacityInGib',
  'productVersionUnderstood',
  'secondCommandStartsTonight',
  'updateCommandsRemoved',
] as const
export type QuirkId = (typeof quirkIds)[number]

/** A habit of some OS versions, with its proof. One id may have an entry for each platform. */
export type Quirk = {
  id: QuirkId
  platforms: readonly Platform[]
  /** Exactly these versions; without it the range of `from` (inclusive) and `until` (exclusive) counts. */
  only?: readonly string[]
  from?: string
  until?: string
  /** Shows only on a device with a passcode. */
  withPasscode?: boolean
  what: string
  cites: readonly Citation[]
}

const radar = (number: number, issue: number): Citation => ({
  label: `radar ${number}`,
  url: `https://github.com/lionheart/openradar-mirror/issues/${issue}`,
})
const schema = (file: string): Citation => ({
  label: `Apple's schema, ${file}`,
  url: `https://github.com/apple/device-management/blob/b6202ca/mdm/commands/${file}.yaml`,
})
const handheld = ['iOS', 'iPadOS'] as const
const everywhere = ['iOS', 'iPadOS', 'tvOS'] as const

export const quirks: readonly Quirk[] = [
  {
    id: 'integerIsDownloaded',
    platforms: handheld,
    only: ['11.3'],
    what: 'OSUpdateStatus gives IsDownloaded as an integer where a boolean is documented',
    cites: [radar(45414737, 20593)],
  },
  {
    id: 'errorThoughStarted',
    platforms: handheld,
    only: ['11.4'],
    withPasscode: true,
    what: 'ScheduleOSUpdate is answered with Error although the download began or the prompt shows',
    cites: [
      radar(45414692, 20595),
      {
        label: 'ScheduleOSUpdate: Hitting a Moving Target (2018)',
        url: 'https://medium.com/fleetsmith/scheduleosupdate-hitting-a-moving-target-cabfeca9fc3',
      },
    ],
  },
  {
    id: 'errorWhenNothingIsOffered',
    platforms: handheld,
    from: '11.3',
    what: 'AvailableOSUpdates with nothing to install is Error 2213 + 3, not an empty array',
    cites: [radar(39170807, 19571), radar(39591791, 19665)],
  },
  {
    id: 'silentForInstalledVersion',
    platforms: handheld,
    only: ['11.3.1'],
    what: 'ScheduleOSUpdate that names the installed version is never answered',
    cites: [radar(40161553, 19740)],
  },
  {
    id: 'capacityInGib',
    platforms: handheld,
    // The release of the change is not established; 14 is the lab's choice between 13 and 17.
    until: '14',
    what: 'DeviceCapacity and AvailableDeviceCapacity are in GiB where the schema says GB',
    cites: [
      {
        label: 'MDM Protocol Reference (2018)',
        url: 'https://github.com/erikberglund/Mobile-Device-Management-Protocol-Reference',
      },
    ],
  },
  {
    id: 'productVersionUnderstood',
    platforms: handheld,
    from: '11.3',
    what: 'ProductVersion names a target; older systems need the ProductKey',
    cites: [schema('system.update.schedule')],
  },
  {
    id: 'productVersionUnderstood',
    platforms: ['tvOS'],
    from: '12.2',
    what: 'ProductVersion names a target; older systems need the ProductKey',
    cites: [schema('system.update.schedule')],
  },
  {
    id: 'secondCommandStartsTonight',
    platforms: handheld,
    what: 'an update put off until tonight is reported as Installing, and one more command starts it at once',
    cites: [radar(45414727, 20594)],
  },
  {
    id: 'updateCommandsRemoved',
    platforms: everywhere,
    from: '27',
    // What a device on 27 really answers is not established; unknown request types get 12021.
    what: 'the update commands are gone; the device answers as to any unknown request type',
    cites: [
      {
        label: "Apple's change log, OS 27",
        url: 'https://github.com/apple/device-management/blob/255d4a2d/CHANGES.md',
      },
    ],
  },
]

type QuirkSubject = Pick<VirtualDevice, 'platform' | 'osVersion' | 'passcode'>

const applies = (quirk: Quirk, { platform, osVersion, passcode }: QuirkSubject) =>
  quirk.platforms.includes(platform) &&
  (quirk.only?.includes(osVersion) ?? true) &&
  (quirk.from === undefined || atLeast(version(osVersion), quirk.from)) &&
  (quirk.until === undefined || below(version(osVersion), quirk.until)) &&
  (!quirk.withPasscode || passcode)

/** The quirks this device has as it is now. */
export const listQuirks = (device: QuirkSubject): Quirk[] =>
  quirks.filter((quirk) => applies(quirk, device))

export const hasQuirk = (device: QuirkSubject, id: QuirkId): boolean =>
  quirks.some((quirk) => quirk.id === id && applies(quirk, device))
