import { changesOf27 } from '../rules/sources'
import { type Dispute, type DocumentedReply, type Lives, writeKeys } from './documented-key'
import type { ValueType } from './plist-value'
import { mdmReference2018, schemaLine } from './sources'

const file = 'information.device'
const lives: Lives = { iOS: { introduced: '4.0' }, tvOS: { introduced: '9.0' } }

/** Two of Apple's texts give the same value different units, and the reply does not show which one it is. */
const unitOfCapacity = (line: number): Dispute => ({
  when: 'present',
  families: ['iOS'],
  below: '15',
  reason:
    'the schema counts base-10 gigabytes on iOS, the reference of 2018 base-1024 gigabytes: the two differ by 7.4 %',
  cites: [schemaLine(file, line, 'unit of the capacity'), mdmReference2018],
})

const allowed = {
  BatteryLevel: { min: 0, max: 1, also: [-1] },
  CellularTechnology: { integers: [0, 1, 2, 3] },
} as const
const disputes: Record<string, readonly Dispute[]> = {
  DeviceCapacity: [unitOfCapacity(2005)],
  AvailableDeviceCapacity: [unitOfCapacity(2014)],
}
const isBounded = (key: string): key is keyof typeof allowed => key in allowed

type DeviceKey = [key: string, type: ValueType, line: number, iOS: string, tvOS: string]

/**
 * The keys of QueryResponses with type, line, and the versions of iOS and tvOS that introduced them: '' with the
 * command itself, '-' never. If query and answer have different versions (ModelNumber), the query's counts, because a
 * key that cannot be queried is not reported.
 * https://github.com/apple/device-management/blob/b6202ca/mdm/commands/information.device.yaml#L1759-L3215
 */
const deviceKeys: readonly DeviceKey[] = [
  ['UDID', 'string', 1765, '', ''],
  ['OrganizationInfo', 'dict', 1786, '7.0', '9.0'],
  ['MDMOptions', 'dict', 1825, '7.0', '9.0'],
  ['LastCloudBackupDate', 'date', 1886, '8.0', '-'],
  ['AwaitingConfiguration', 'boolean', 1898, '9.0', '10.2'],
  ['iTunesStoreAccountIsActive', 'boolean', 1912, '7.0', '9.0'],
  ['iTunesStoreAccountHash', 'string', 1925, '8.0', '9.0'],
  ['DeviceName', 'string', 1938, '', ''],
  ['OSVersion', 'string', 1941, '', ''],
  ['SupplementalOSVersionExtra', 'string', 1945, '16.1', '16.1'],
  ['BuildVersion', 'string', 1955, '', ''],
  ['SupplementalBuildVersion', 'string', 1959, '16.1', '16.1'],
  ['ModelName', 'string', 1969, '', ''],
  ['Model', 'string', 1973, '', ''],
  ['ModelNumber', 'string', 1979, '16.4', '16.4'],
  ['ProductName', 'string', 1998, '', ''],
  ['SerialNumber', 'string', 2002, '', ''],
  ['DeviceCapacity', 'real', 2005, '', '-'],
  ['AvailableDeviceCapacity', 'real', 2014, '', '-'],
  ['IMEI', 'string', 2023, '', '-'],
  ['MEID', 'string', 2039, '', '-'],
  ['ModemFirmwareVersion', 'string', 2054, '', '-'],
  ['CellularTechnology', 'integer', 2067, '4.2.6', '-'],
  ['BatteryLevel', 'real', 2094, '5.0', '-'],
  ['IsSupervised', 'boolean', 2120, '6.0', '9.0'],
  ['IsMultiUser', 'boolean', 2132, '9.3', '-'],
  ['IsDeviceLocatorServiceEnabled', 'boolean', 2147, '7.0', '-'],
  ['IsActivationLockEnabled', 'boolean', 2158, '7.0', '-'],
  ['IsDoNotDisturbInEffect', 'boolean', 2192, '7.0', '-'],
  ['DeviceID', 'string', 2220, '-', '9.0'],
  ['EASDeviceIdentifier', 'string', 2235, '7.0', '-'],
  ['IsCloudBackupEnabled', 'boolean', 2248, '7.1', '-'],
  ['IsMDMLostModeEnabled', 'boolean', 2415, '9.3', '-'],
  ['MaximumResidentUsers', 'integer', 2428, '9.3', '-'],
  ['EstimatedResidentUsers', 'integer', 2444, '14.0', '-'],
  ['QuotaSize', 'integer', 2460, '13.4', '-'],
  ['ResidentUsers', 'integer', 2475, '13.4', '-'],
  ['UserSessionTimeout', 'integer', 2490, '14.5', '-'],
  ['TemporarySessionTimeout', 'integer', 2505, '14.5', '-'],
  ['TemporarySessionOnly', 'boolean', 2520, '14.5', '-'],
  ['ManagedAppleIDDefaultDomains', 'array', 2534, '16.0', '-'],
  ['OnlineAuthenticationGracePeriod', 'integer', 2552, '16.0', '-'],
  ['SkipLanguageAndLocaleSetupForNewUsers', 'boolean', 2568, '16.2', '-'],
  ['PushToken', 'data', 2583, '9.3', '-'],
  ['DiagnosticSubmissionEnabled', 'boolean', 2600, '9.3', '-'],
  ['AppAnalyticsEnabled', 'boolean', 2611, '9.3', '-'],
  ['TimeZone', 'string', 2622, '14.0', '14.0'],
  ['ICCID', 'string', 2634, '', '-'],
  ['BluetoothMAC', 'string', 2650, '', ''],
  ['WiFiMAC', 'string', 2657, '', ''],
  ['CurrentCarrierNetwork', 'string', 2673, '', '-'],
  ['SubscriberCarrierNetwork', 'string', 2702, '5.0', '-'],
  ['CarrierSettingsVersion', 'string', 2718, '', '-'],
  ['PhoneNumber', 'string', 2733, '', '-'],
  ['DataRoamingEnabled', 'boolean', 2749, '5.0', '-'],
  ['VoiceRoamingEnabled', 'boolean', 2764, '5.0', '-'],
  ['PersonalHotspotEnabled', 'boolean', 2782, '7.0', '-'],
  ['IsNetworkTethered', 'boolean', 2798, '10.3', '-'],
  ['IsRoaming', 'boolean', 2813, '4.2', '-'],
  ['SubscriberMCC', 'string', 2857, '4.2.6', '-'],
  ['SubscriberMNC', 'string', 2873, '4.2.6', '-'],
  ['CurrentMCC', 'string', 2889, '', '-'],
  ['CurrentMNC', 'string', 2904, '', '-'],
  ['ServiceSubscriptions', 'array', 2919, '12.0', '-'],
  ['SoftwareUpdateDeviceID', 'string', 3061, '15.0', '-'],
  ['SoftwareUpdateSettings', 'dict', 3082, '14.5', '-'],
  ['AccessibilitySettings', 'dict', 3108, '16.0', '-'],
  ['DevicePropertiesAttestation', 'array', 3179, '16.0', '16.0'],
]

/** Keys that only a Mac has. */
const macDeviceKeys: readonly [key: string, type: ValueType, line: number][] = [
  ['ProvisioningUDID', 'string', 1768],
  ['IsAppleSilicon', 'boolean', 1984],
  ['HasBattery', 'boolean', 2106],
  ['IsActivationLockSupported', 'boolean', 2176],
  ['SupportsLOMDevice', 'boolean', 2204],
  ['ActiveManagedUsers', 'array', 2261],
  ['OSUpdateSettings', 'dict', 2281],
  ['LocalHostName', 'string', 2344],
  ['HostName', 'string', 2358],
  ['AutoSetupAdminAccounts', 'array', 2372],
  ['SystemIntegrityProtectionEnabled', 'boolean', 2400],
  ['EthernetMAC', 'string', 2660],
  ['PINRequiredForEraseDevice', 'boolean', 3016],
  ['PINRequiredForDeviceLock', 'boolean', 3031],
  ['SupportsiOSAppInstalls', 'boolean', 3046],
  ['EACSPreflight', 'string', 3215],
]

/** The queries that 27.0 removed together with the update commands: the change log, "Removed Objects". */
const removedIn27 = ['SoftwareUpdateDeviceID', 'SoftwareUpdateSettings']

/**
 * Every key of the answer to DeviceInformation. A missing one is never a contradiction: a device leaves out what was
 * not queried, what it cannot answer, and what the MDM server has no right to.
 * https://github.com/apple/device-management/blob/b6202ca/mdm/commands/information.device.yaml#L1759-L3215
 */
export const deviceInformation: DocumentedReply = {
  lives,
  cites: [schemaLine(file, '6-L38', 'DeviceInformation: versions')],
  keys: [
    ...writeKeys(file, lives, [['QueryResponses', 'dict', 'required', 1760]]),
    ...deviceKeys.flatMap(([key, type, line, iOS, tvOS]) =>
      writeKeys(file, lives, [
        [
          `QueryResponses.${key}`,
          type,
          'whenAsked',
          line,
          {
            on: { iOS: lifeOf(iOS, key), tvOS: lifeOf(tvOS, key) },
            disputes: disputes[key] ?? [],
            ...(isBounded(key) && { allowed: allowed[key] }),
          },
        ],
      ]),
    ),
    ...writeKeys(
      file,
      lives,
      macDeviceKeys.map(([key, type, line]) => [
        `QueryResponses.${key}`,
        type,
        'whenAsked',
        line,
        { on: { iOS: 'never', tvOS: 'never' } },
      ]),
    ),
  ].map((key) =>
    removedIn27.some((name) => key.path.endsWith(`.${name}`))
      ? { ...key, cites: [...key.cites, changesOf27] }
      : key,
  ),
}

/** '' is introduced with the command, '-' is never; 'a b' is introduced in a and removed in b. */
function lifeOf(versions: string, key: string) {
  if (versions === '-') return 'never'
  const removed = removedIn27.includes(key) ? { removed: '27.0' } : {}
  return versions === '' ? removed : { introduced: versions, ...removed }
}
