import type { Platform } from '@/lib/domain/device/device'
import { compareVersions, version } from '@/lib/domain/device/os-version'
import type { NetworkKind } from '@/lib/domain/reading/reading'
import { drawBetween } from './chance'
import type { DeclarativeState } from './declarative/state'
import type { ChosenVariants } from './declarative/variants'
import type { Faults } from './faults'
import type { WireDict } from './wire'

/** An update Apple's servers would offer this device; sizes in bytes. */
export type Offer = {
  productKey: string
  version: string
  build: string
  downloadBytes: number
  installBytes: number
}

/**
 * How far an update is. `installing` is still awake and preparing; `dark` is the restart, when the
 * device can neither be reached nor answer.
 */
const updatePhases = [
  'downloading',
  'downloaded',
  'prompting',
  'tonight',
  'installing',
  'dark',
] as const
export type UpdatePhase = (typeof updatePhases)[number]

export type DeviceUpdate = {
  productKey: string
  phase: UpdatePhase
  /** Virtual ms at which the phase ends by itself; undefined if a person or a command must end it. */
  endsAt?: number | undefined
  /** The full length of the download in virtual ms. */
  durationMs: number
  /** Virtual ms left of a download that is paused because the device is offline. */
  leftMs?: number | undefined
  /** The ScheduleOSUpdate that brought it this far; undefined in states saved before this field existed. */
  commandUuid?: string | undefined
  /** The declaration that the device enforces with it, as `keyOf` names it. */
  declaration?: string | undefined
  /** A person started it at the device. */
  startedBy?: 'system-settings' | 'install-tonight' | undefined
}

/** The complete state of one virtual device, including what no reply contains. Plain JSON. */
export type VirtualDevice = {
  enrollmentId: string
  labTag: string
  name: string
  /** Marketing name, e.g. "iPhone 6s". */
  modelName: string
  platform: Platform
  /** ProductName, e.g. "iPhone8,1". */
  productName: string
  serial: string
  /** Part number, e.g. "MKQN2". */
  partNumber: string
  osVersion: string
  osBuild: string
  supervised: boolean
  passcode: boolean
  /** Locked with data protection: most commands get NotNow. */
  locked: boolean
  /** Fraction 0–1; −1 if the device does not know it. */
  batteryLevel: number
  plugged: boolean
  network: NetworkKind
  networkName: string
  totalBytes: number
  freeBytes: number
  offers: Offer[]
  online: boolean
  update?: DeviceUpdate | undefined
  /** The faults that are switched on. */
  faults: Faults
  /** What it has of declarative management; undefined until a server has spoken of it. */
  declarative?: DeclarativeState | undefined
  /** How it behaves where sources disagree or are silent; what is left out is drawn. */
  variants?: ChosenVariants | undefined
  /** IANA zone of its clock; `usualTimeZone` if left out. */
  timeZone?: string | undefined
  /** The command whose install it came back from; delivered again, it is answered without results. */
  installedBy?: string | undefined
  /** How often the passcode prompt came up. */
  promptsShown: number
  /** It came back from its update while offline, and sends its TokenUpdate once it is online. */
  owesTokenUpdate: boolean
  /** How often each CommandUUID reached the device: the ground truth for "was it sent twice". */
  deliveries: Record<string, number>
  /** How many durations were drawn so far, so that each draw differs. */
  draws: number
}

/** What the device does by itself afterwards. */
export type DeviceSign = 'sendsAuthenticate' | 'sendsTokenUpdate' | 'polls'

export type Step = {
  device: VirtualDevice
  /** The reply without CommandUUID and UDID; undefined if the device does not answer. */
  reply?: WireDict | undefined
  signs: DeviceSign[]
  /** Why an action could not be done; the device is then unchanged. */
  refused?: string | undefined
}

/**
 * When something happens, in virtual ms since the lab was filled, and the seed of all random draws. `calendar` is the
 * date, ms since 1970; without one the lab was filled on its first day.
 */
export type Moment = { at: number; seed: string; calendar?: number | undefined }

const firstDay = Date.UTC(2026, 8, 30)

export const calendarOf = ({ at, calendar = firstDay + at }: Moment): number => calendar

/** The same clocks at another virtual time, as the devices' own clocks run with it. */
export const momentAt = (moment: Moment, at: number): Moment => ({
  ...moment,
  at,
  calendar: calendarOf(moment) + at - moment.at,
})

const usualTimeZone = 'Europe/Berlin'

export const zoneOf = ({ timeZone = usualTimeZone }: VirtualDevice): string => timeZone

/** Ranges in virtual ms. All of them are invented: no source gives a timing. */
const durations = {
  download: [4 * 60_000, 12 * 60_000],
  prepare: [8_000, 25_000],
  dark: [6 * 60_000, 15 * 60_000],
  tonight: [5 * 3_600_000, 9 * 3_600_000],
  /** "About an hour": Fleet's article on enforcing OS updates, and Microsoft's. */
  aboutAnHour: [55 * 60_000, 65 * 60_000],
} as const

/** Draws the next duration of a kind; the device counts its draws. */
export function drawDuration(
  device: VirtualDevice,
  kind: keyof typeof durations,
  { seed }: Moment,
): { device: VirtualDevice; ms: number } {
  const ms = drawBetween(durations[kind], seed, device.enrollmentId, kind, device.draws)
  return { device: { ...device, draws: device.draws + 1 }, ms }
}

/** The updates offered now: iOS lists only versions newer than the installed one. */
export function offersNow(device: VirtualDevice): Offer[] {
  return device.offers.filter(
    (offer) => compareVersions(version(offer.version), version(device.osVersion)) > 0,
  )
}

/** The fraction of the running download that is done, 0–1. */
export function downloadedFraction(update: DeviceUpdate, at: number): number {
  if (update.phase !== 'downloading') return 1
  const left = update.leftMs ?? (update.endsAt ?? at) - at
  return Math.min(1, Math.max(0, 1 - left / update.durationMs))
}

/** True while the MDM server can reach it; a device that restarts into its update cannot be reached. */
export const isReachable = (device: VirtualDevice) =>
  device.online && device.update?.phase !== 'dark'

/** The values of a device with the faults `lowPower` and `lowSpace`; invented, well below every bound. */
const lowBattery = 0.05
const lowBytes = 100e6

type Conditions = {
  batteryLevel: number
  plugged: boolean
  freeBytes: number
  network: NetworkKind
}

/** The present power, space and network of a device: as they were set, or as a fault overrides them. */
export function conditionsOf(device: VirtualDevice): Conditions {
  const { faults, batteryLevel, plugged, freeBytes, network } = device
  return {
    batteryLevel: faults.lowPower ? lowBattery : batteryLevel,
    plugged: faults.lowPower ? false : plugged,
    freeBytes: faults.lowSpace ? Math.min(lowBytes, freeBytes) : freeBytes,
    network: faults.noNetwork ? 'none' : network,
  }
}
