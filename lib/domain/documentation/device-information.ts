import { changesOf27 } from '../rules/sources'
import { deviceKeys, macDeviceKeys } from './device-keys'
import { type Dispute, type DocumentedReply, type Lives, writeKeys } from './documented-key'
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
