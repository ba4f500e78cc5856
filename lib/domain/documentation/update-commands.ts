import type { Citation } from '../rules/rule'
import { changesOf27, removedCommands } from '../rules/sources'
import { type Dispute, type DocumentedReply, type Lives, writeKeys } from './documented-key'
import {
  macSentRealSize,
  mdmReference2018,
  radarIntegerIsDownloaded,
  radarsNothingAvailable,
  type SchemaFile,
  schemaLine,
  schemaOf26,
} from './sources'

/**
 * The three update commands were introduced, deprecated and removed together: introduced by the
 * schema at 18.1, `deprecated: 26.0` by the one at 26, removed by the change log of 27.0.
 */
const updateCommandLives: Lives = {
  iOS: { introduced: '9.0', deprecated: '26.0', removed: '27.0' },
  tvOS: { introduced: '12.0', deprecated: '26.0', removed: '27.0' },
}

const updateCommandCites = (file: SchemaFile, name: string): readonly Citation[] => [
  schemaLine(file, '5-L31', `${name}: versions`),
  schemaOf26(file, `${name}: deprecated`),
  changesOf27,
  removedCommands,
]

const macOnly = { on: { iOS: 'never', tvOS: 'never' } } as const

const scheduleFile = 'system.update.schedule'

const describedForMac = (word: string): Dispute => ({
  when: { word },
  reason: `the list of values has ${word} for every platform, and its description for macOS only`,
  cites: [
    schemaLine(scheduleFile, '139-L145', 'InstallAction, the list of values'),
    schemaLine(scheduleFile, '146-L153', 'InstallAction, what each value means'),
  ],
})

const acceptedNotReturned: Dispute = {
  when: { word: 'Default' },
  reason: 'Default is a value of the request, and the list of values of the reply lacks it',
  cites: [
    schemaLine(scheduleFile, '78-L98', 'InstallAction of the request'),
    schemaLine(scheduleFile, '139-L145', 'InstallAction of the reply'),
  ],
}

const needsComputerOnTv: Dispute = {
  when: { word: 'DownloadRequiresComputer' },
  families: ['tvOS'],
  reason:
    'the list of values has DownloadRequiresComputer for every platform, and its description for iOS only',
  cites: [
    schemaLine(scheduleFile, '157-L169', 'Status, the list of values'),
    schemaLine(scheduleFile, 175, 'Status, DownloadRequiresComputer'),
  ],
}

const statuses = [
  'Idle',
  'Downloading',
  'DownloadFailed',
  'DownloadInsufficientSpace',
  'DownloadInsufficientPower',
  'DownloadInsufficientNetwork',
  'Installing',
  'InstallInsufficientSpace',
  'InstallInsufficientPower',
  'InstallPhoneCallInProgress',
  'InstallFailed',
] as const

/** https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml#L121-L195 */
export const scheduleOsUpdate: DocumentedReply = {
  lives: updateCommandLives,
  cites: updateCommandCites(scheduleFile, 'ScheduleOSUpdate'),
  keys: writeKeys(scheduleFile, updateCommandLives, [
    ['UpdateResults', 'array', 'required', 122],
    ['UpdateResults[]', 'dict', 'required', 128],
    ['UpdateResults[].ProductKey', 'string', 'required', 132],
    [
      'UpdateResults[].InstallAction',
      'string',
      'required',
      136,
      {
        allowed: { words: ['Error', 'DownloadOnly', 'InstallASAP'] },
        disputes: [
          acceptedNotReturned,
          ...['NotifyOnly', 'InstallLater', 'InstallForceRestart'].map(describedForMac),
        ],
      },
    ],
    [
      'UpdateResults[].Status',
      'string',
      'required',
      154,
      {
        allowed: { words: statuses, only: { iOS: ['DownloadRequiresComputer'] } },
        disputes: [needsComputerOnTv],
      },
    ],
    ['UpdateResults[].ErrorChain', 'array', 'optional', 184],
    // The schema only says "the error details": any keys and types.
    ['UpdateResults[].ErrorChain[]', 'any', 'optional', 189],
  ]),
}

/**
 * Apple says that a device which restarted before it could answer gives no UpdateResults when the
 * command is sent again; the reference of 2018 says that it then answers the status Idle.
 */
export const silenceAfterRestart = {
  path: 'UpdateResults',
  reason:
    'Apple documents that a device which could not answer because it restarted gives no UpdateResults when the command is sent again; the reference of 2018 says that it then answers the status Idle',
  cites: [
    {
      label: 'Apple, Schedule an OS update',
      url: 'https://developer.apple.com/documentation/devicemanagement/schedule-os-update-command',
    },
    mdmReference2018,
  ],
}

const statusFile = 'system.update.status'

/** https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.status.yaml#L37-L126 */
export const osUpdateStatus: DocumentedReply = {
  lives: updateCommandLives,
  cites: updateCommandCites(statusFile, 'OSUpdateStatus'),
  emptyList: {
    path: 'OSUpdateStatus',
    cites: [
      schemaLine(statusFile, '38-L40', 'OSUpdateStatus'),
      schemaOf26(statusFile, 'OSUpdateStatus is empty when no update is in progress'),
    ],
    reported: [],
  },
  keys: writeKeys(statusFile, updateCommandLives, [
    ['OSUpdateStatus', 'array', 'required', 38],
    ['OSUpdateStatus[]', 'dict', 'required', 46],
    ['OSUpdateStatus[].ProductKey', 'string', 'required', 50],
    [
      'OSUpdateStatus[].IsDownloaded',
      'boolean',
      'required',
      54,
      { reported: [radarIntegerIsDownloaded] },
    ],
    [
      'OSUpdateStatus[].DownloadPercentComplete',
      'real',
      'required',
      58,
      { allowed: { min: 0, max: 1 } },
    ],
    [
      'OSUpdateStatus[].Status',
      'string',
      'required',
      63,
      { allowed: { words: ['Idle', 'Downloading', 'Installing'] } },
    ],
    ['OSUpdateStatus[].MaxDeferrals', 'integer', 'optional', 71, macOnly],
    ['OSUpdateStatus[].DeferralsRemaining', 'integer', 'optional', 84, macOnly],
    ['OSUpdateStatus[].NextScheduledInstall', 'date', 'optional', 97, macOnly],
    ['OSUpdateStatus[].PastNotifications', 'array', 'optional', 110, macOnly],
  ]),
}

const availableFile = 'system.update.available'

const since162 = { on: { iOS: { introduced: '16.2' }, tvOS: { introduced: '16.2' } } } as const

const sizeAsReal = (key: string, line: number): Dispute => ({
  when: { type: 'real' },
  reason: `the schema has ${key} as an integer, the reference of 2018 as a floating-point number of bytes`,
  cites: [schemaLine(availableFile, line, key), mdmReference2018],
})

const defaultOfLater: Dispute = {
  when: 'missing',
  reason:
    'left out, AllowsInstallLater means false by the schema and true by the reference of 2018',
  cites: [schemaLine(availableFile, '172-L175', 'AllowsInstallLater'), mdmReference2018],
}

const size = (key: string, line: number) => ({
  disputes: [sizeAsReal(key, line)],
  reported: key === 'DownloadSize' ? [macSentRealSize] : [],
})

const at = (key: string) => `AvailableOSUpdates[].${key}`

/** https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.available.yaml#L38-L238 */
export const availableOsUpdates: DocumentedReply = {
  lives: updateCommandLives,
  cites: updateCommandCites(availableFile, 'AvailableOSUpdates'),
  emptyList: {
    path: 'AvailableOSUpdates',
    cites: [schemaLine(availableFile, '39-L44', 'AvailableOSUpdates, a required array')],
    reported: radarsNothingAvailable,
  },
  keys: writeKeys(availableFile, updateCommandLives, [
    ['AvailableOSUpdates', 'array', 'required', 39],
    ['AvailableOSUpdates[]', 'dict', 'required', 46],
    [at('ProductKey'), 'string', 'required', 50],
    [at('HumanReadableName'), 'string', 'required', 54],
    [at('HumanReadableNameLocale'), 'string', 'required', 59, macOnly],
    [at('MetadataURL'), 'string', 'required', 69, macOnly],
    [at('ProductName'), 'string', 'required', 81],
    [at('Version'), 'string', 'required', 89],
    [at('Build'), 'string', 'required', 93],
    [at('DownloadSize'), 'integer', 'required', 97, size('DownloadSize', 101)],
    [at('InstallSize'), 'integer', 'required', 106, size('InstallSize', 110)],
    [at('AppIdentifiersToClose'), 'array', 'required', 114, macOnly],
    [at('IsCritical'), 'boolean', 'optional', 127],
    [at('IsConfigDataUpdate'), 'boolean', 'optional', 132, macOnly],
    [at('IsFirmwareUpdate'), 'boolean', 'optional', 143, macOnly],
    [at('IsMajorOSUpdate'), 'boolean', 'optional', 154, macOnly],
    [at('RestartRequired'), 'boolean', 'optional', 167],
    [at('AllowsInstallLater'), 'boolean', 'optional', 172, { disputes: [defaultOfLater] }],
    [at('DeferredUntil'), 'date', 'optional', 177, macOnly],
    [at('RequiresBootstrapToken'), 'boolean', 'optional', 189, macOnly],
    [at('IsSecurityResponse'), 'boolean', 'required', 204, since162],
    [at('SupplementalBuildVersion'), 'string', 'optional', 215, since162],
    [at('SupplementalOSVersionExtra'), 'string', 'optional', 227, since162],
  ]),
}
