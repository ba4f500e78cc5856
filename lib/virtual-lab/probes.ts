import type { PlistValue } from 'plist'
import { atLeast, version } from '@/lib/domain/device/os-version'
import { acknowledged, commandFormatError, nothingAvailable } from './answers'
import { enforcementActive } from './declarative/judge'
import { hasQuirk } from './quirks'
import type { Moment, Offer, UpdatePhase, VirtualDevice } from './virtual-device'
import { conditionsOf, downloadedFraction, offersNow, zoneOf } from './virtual-device'
import type { PlistDict, WireDict, WireValue } from './wire'
import { real } from './wire'

const isAppleTv = ({ platform }: VirtualDevice) => platform === 'tvOS'
const runs = ({ osVersion }: VirtualDevice, bound: string) => atLeast(version(osVersion), bound)
const kindOf = ({ productName }: VirtualDevice) => /^\D+/.exec(productName)?.[0] ?? productName

const gib = 2 ** 30
const gb = 1e9
const capacity = (device: VirtualDevice, bytes: number) =>
  real(bytes / (hasQuirk(device, 'capacityInGib') ? gib : gb))

const macOf = ({ enrollmentId }: VirtualDevice) =>
  (
    enrollmentId
      .replace(/[^0-9a-f]/gi, '')
      .slice(-12)
      .match(/../g) ?? []
  )
    .join(':')
    .toLowerCase()

/**
 * The answer to one query; undefined if the device has no such key. Keys and the versions that introduced them: Apple's
 * schema, information.device.yaml at b6202ca.
 */
const queryAnswers: Record<string, (device: VirtualDevice) => WireValue | undefined> = {
  UDID: ({ enrollmentId }) => enrollmentId,
  DeviceName: ({ name }) => name,
  OSVersion: ({ osVersion }) => osVersion,
  BuildVersion: ({ osBuild }) => osBuild,
  SupplementalBuildVersion: (device) => (runs(device, '16.1') ? device.osBuild : undefined),
  ModelName: kindOf,
  Model: ({ partNumber }) => partNumber,
  ModelNumber: (device) => (runs(device, '16.4') ? `${device.partNumber}LL/A` : undefined),
  ProductName: ({ productName }) => productName,
  SerialNumber: ({ serial }) => serial,
  DeviceCapacity: (device) => (isAppleTv(device) ? undefined : capacity(device, device.totalBytes)),
  AvailableDeviceCapacity: (device) =>
    isAppleTv(device) ? undefined : capacity(device, conditionsOf(device).freeBytes),
  BatteryLevel: (device) =>
    isAppleTv(device) ? undefined : real(conditionsOf(device).batteryLevel),
  IsSupervised: ({ supervised }) => supervised,
  IsMultiUser: (device) => (isAppleTv(device) ? undefined : false),
  IsMDMLostModeEnabled: () => false,
  IsCloudBackupEnabled: (device) => (isAppleTv(device) ? undefined : false),
  IsDeviceLocatorServiceEnabled: () => false,
  IsActivationLockEnabled: () => false,
  AwaitingConfiguration: () => false,
  CellularTechnology: (device) => (kindOf(device) === 'iPhone' ? 3 : 0),
  WiFiMAC: macOf,
  TimeZone: (device) => (runs(device, '14') ? zoneOf(device) : undefined),
  SoftwareUpdateDeviceID: (device) =>
    runs(device, '15') && !runs(device, '27') ? device.productName : undefined,
}

/** Answers the queries and leaves out keys that the device does not know, as devices do. */
export function deviceInformation(device: VirtualDevice, command: PlistDict): WireDict {
  const queries: PlistValue | undefined = command.Queries
  if (!Array.isArray(queries)) return commandFormatError
  const asked = queries.filter((query) => typeof query === 'string')
  const answers = asked.map((query) => [query, queryAnswers[query]?.(device)] as const)
  return acknowledged({ QueryResponses: Object.fromEntries(answers) })
}

/** PasscodeCompliant is true without a passcode too; only PasscodePresent shows whether there is one. */
export function securityInfo(device: VirtualDevice): WireDict {
  const passcode = isAppleTv(device)
    ? {}
    : {
        PasscodeCompliant: true,
        PasscodeCompliantWithProfiles: true,
        PasscodeLockGracePeriod: 0,
        PasscodeLockGracePeriodEnforced: 0,
        PasscodePresent: device.passcode,
      }
  const management = runs(device, '13') ? { IsUserEnrollment: false } : undefined
  return acknowledged({
    SecurityInfo: { HardwareEncryptionCaps: 3, ...passcode, ManagementStatus: management },
  })
}

const available = (device: VirtualDevice, offer: Offer): WireDict => ({
  AllowsInstallLater: false,
  Build: offer.build,
  DownloadSize: offer.downloadBytes,
  HumanReadableName: `${device.platform} ${offer.version}`,
  InstallSize: offer.installBytes,
  IsCritical: false,
  IsSecurityResponse: runs(device, '16.2') ? false : undefined,
  ProductKey: offer.productKey,
  // "iOS" even on an iPad: information of Apple's schema, system.update.available.yaml at b6202ca.
  ProductName: isAppleTv(device) ? 'tvOS' : 'iOS',
  RestartRequired: true,
  Version: offer.version,
})

export function availableOsUpdates(device: VirtualDevice): WireDict {
  const offers = offersNow(device)
  if (offers.length === 0 && hasQuirk(device, 'errorWhenNothingIsOffered')) return nothingAvailable
  return acknowledged({ AvailableOSUpdates: offers.map((offer) => available(device, offer)) })
}

/**
 * There is no status for "scheduled": an install put off until tonight is `Installing` (radar
 * 45414727). That a waiting prompt reads `Idle` is what radar 45414692 saw before its second command.
 */
const statusWords: Record<UpdatePhase, string> = {
  downloading: 'Downloading',
  downloaded: 'Idle',
  prompting: 'Idle',
  tonight: 'Installing',
  installing: 'Installing',
  dark: 'Installing',
}

/**
 * The array is empty when no update is under way, and where a declaration keeps
 * the command's updates out of it (Apple's schema, system.update.status.yaml at 26).
 */
export function osUpdateStatus(device: VirtualDevice, moment: Moment): WireDict {
  const { update } = device
  if (!update || device.faults.declarationActive || enforcementActive(device, moment))
    return acknowledged({ OSUpdateStatus: [] })
  const downloaded = update.phase !== 'downloading'
  const fraction = Math.round(downloadedFraction(update, moment.at) * 10_000) / 10_000
  return acknowledged({
    OSUpdateStatus: [
      {
        DownloadPercentComplete: real(fraction),
        IsDownloaded: hasQuirk(device, 'integerIsDownloaded') ? Number(downloaded) : downloaded,
        ProductKey: update.productKey,
        Status: statusWords[update.phase],
      },
    ],
  })
}
