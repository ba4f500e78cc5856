import type { Platform } from '@/lib/domain/device/device'
import { atLeast, below, version } from '@/lib/domain/device/os-version'
import type { Citation } from '@/lib/domain/rules/rule'
import {
  enforcementSchema,
  fleetsmith,
  protocolReference,
  radar,
  schema,
  statusSchema,
} from './citations'
import type { VirtualDevice } from './virtual-device'

type QuirkSubject = Pick<VirtualDevice, 'platform' | 'osVersion' | 'passcode'>

const covers = (range: QuirkRange, osVersion: string) => {
  if ('only' in range) return range.only.includes(osVersion)
  const { from, until } = range
  return (
    (from === undefined || atLeast(version(osVersion), from)) &&
    (until === undefined || below(version(osVersion), until))
  )
}

const concerns = ({ platforms, versions }: QuirkPack, { platform, osVersion }: QuirkSubject) =>
  platforms.includes(platform) && covers(versions, osVersion)

/** The quirks this device has as it is now. */
export const listQuirks = (device: QuirkSubject): Quirk[] =>
  quirkPacks
    .filter((pack) => concerns(pack, device))
    .flatMap(({ quirks }) => quirks)
    .filter(({ withPasscode }) => !withPasscode || device.passcode)

export const hasQuirk = (device: QuirkSubject, id: QuirkId): boolean =>
  listQuirks(device).some((quirk) => quirk.id === id)

export const quirkIds = [
  'integerIsDownloaded',
  'errorThoughStarted',
  'errorWhenNothingIsOffered',
  'silentForInstalledVersion',
  'capacityInGib',
  'productVersionUnderstood',
  'secondCommandStartsTonight',
  'noResultsAfterRestart',
  'updateCommandsRemoved',
  'versionBeforeBuild',
  'shortVersionIsNewest',
  'reportsWaiting',
  'namesDeclaration',
] as const
export type QuirkId = (typeof quirkIds)[number]

/** A behaviour of the versions of its pack, with its source. */
export type Quirk = {
  id: QuirkId
  /** Shows only on a device with a passcode. */
  withPasscode?: boolean
  what: string
  cites: readonly Citation[]
}

/** The versions of a pack: `from` inclusive, `until` exclusive; without either, all of them. */
export type QuirkRange = { only: readonly string[] } | { from?: string; until?: string }

export type QuirkPack = {
  id: string
  platforms: readonly Platform[]
  versions: QuirkRange
  quirks: readonly Quirk[]
}

const handheld = ['iOS', 'iPadOS'] as const
const everywhere = ['iOS', 'iPadOS', 'tvOS'] as const

const productVersionUnderstood: Quirk = {
  id: 'productVersionUnderstood',
  what: 'ProductVersion names a target; older systems need the ProductKey',
  cites: [schema('system.update.schedule')],
}

/** How iOS and tvOS versions differ. A new finding is a new entry here. */
export const quirkPacks: readonly QuirkPack[] = [
  {
    id: 'ios-all',
    platforms: handheld,
    versions: {},
    quirks: [
      {
        id: 'secondCommandStartsTonight',
        what: 'an update put off until tonight is reported as Installing, and one more command starts it at once',
        cites: [radar(45414727, 20594)],
      },
    ],
  },
  {
    id: 'all-until-27',
    platforms: everywhere,
    versions: { until: '27' },
    quirks: [
      {
        id: 'noResultsAfterRestart',
        what: 'a command handed over again after the restart it caused is acknowledged without UpdateResults',
        cites: [schema('system.update.schedule')],
      },
    ],
  },
  {
    id: 'ios-until-14',
    platforms: handheld,
    // The release of the change is not established; 14 is the lab's choice between 13 and 17.
    versions: { until: '14' },
    quirks: [
      {
        id: 'capacityInGib',
        what: 'DeviceCapacity and AvailableDeviceCapacity are in GiB where the schema says GB',
        cites: [protocolReference],
      },
    ],
  },
  {
    id: 'ios-11.3-on',
    platforms: handheld,
    versions: { from: '11.3' },
    quirks: [
      {
        id: 'errorWhenNothingIsOffered',
        what: 'AvailableOSUpdates with nothing to install is Error 2213 + 3, not an empty array',
        cites: [radar(39170807, 19571), radar(39591791, 19665)],
      },
      productVersionUnderstood,
    ],
  },
  {
    id: 'ios-11.3',
    platforms: handheld,
    versions: { only: ['11.3'] },
    quirks: [
      {
        id: 'integerIsDownloaded',
        what: 'OSUpdateStatus gives IsDownloaded as an integer where a boolean is documented',
        cites: [radar(45414737, 20593)],
      },
    ],
  },
  {
    id: 'ios-11.3.1',
    platforms: handheld,
    versions: { only: ['11.3.1'] },
    quirks: [
      {
        id: 'silentForInstalledVersion',
        what: 'ScheduleOSUpdate that names the installed version is never answered',
        cites: [radar(40161553, 19740)],
      },
    ],
  },
  {
    id: 'ios-11.4',
    platforms: handheld,
    versions: { only: ['11.4'] },
    quirks: [
      {
        id: 'errorThoughStarted',
        withPasscode: true,
        what: 'ScheduleOSUpdate is answered with Error although the download began or the prompt shows',
        cites: [radar(45414692, 20595), fleetsmith],
      },
    ],
  },
  {
    id: 'tvos-12.2-on',
    platforms: ['tvOS'],
    versions: { from: '12.2' },
    quirks: [productVersionUnderstood],
  },
  {
    id: 'os-until-27-declarations',
    platforms: everywhere,
    versions: { from: '17', until: '27' },
    quirks: [
      {
        id: 'versionBeforeBuild',
        what: 'a declaration whose build is not the offered one of its version: the version decides',
        cites: [enforcementSchema('0a4527c5')],
      },
      {
        id: 'shortVersionIsNewest',
        what: 'a declared target of two parts means the newest patch of it',
        cites: [enforcementSchema('0a4527c5')],
      },
      {
        id: 'reportsWaiting',
        // The article names the state, the list of the schema does not.
        what: 'install-state is waiting while a declared update has no network to load by',
        cites: [statusSchema('0a4527c5', 'install-state')],
      },
    ],
  },
  {
    id: 'os-27-on',
    platforms: everywhere,
    versions: { from: '27' },
    quirks: [
      {
        id: 'namesDeclaration',
        // Documented since 17; whether older devices send it is not known.
        what: 'install-reason names the declaration (declaration-id)',
        cites: [statusSchema('9468f879', 'install-reason')],
      },
      {
        id: 'updateCommandsRemoved',
        // What a device on 27 really answers is not established; unknown request types get 12021.
        what: 'the update commands are gone; the device answers as to any unknown request type',
        cites: [
          {
            label: "Apple's change log, OS 27",
            url: 'https://github.com/apple/device-management/blob/255d4a2d/CHANGES.md',
          },
        ],
      },
    ],
  },
]
