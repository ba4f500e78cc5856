import type { Dispute, DocumentedReply } from './documented-key'
import { mdmReference2018, schemaLine } from './sources'
import { updateCommandCites, updateCommandLives } from './update-commands'
import { writeKeys } from './write-keys'

const file = 'system.update.schedule'

const macOnly = (word: string): Dispute => ({
  when: { word },
  because: `the list of values has ${word} for every platform, and its description for macOS only`,
  cites: [
    schemaLine(file, '139-L145', 'InstallAction, the list of values'),
    schemaLine(file, '146-L153', 'InstallAction, what each value means'),
  ],
})

const acceptedNotReturned: Dispute = {
  when: { word: 'Default' },
  because: 'Default is a value of the request, and the list of values of the reply lacks it',
  cites: [
    schemaLine(file, '78-L98', 'InstallAction of the request'),
    schemaLine(file, '139-L145', 'InstallAction of the reply'),
  ],
}

const needsComputerOnTv: Dispute = {
  when: { word: 'DownloadRequiresComputer' },
  families: ['tvOS'],
  because:
    'the list of values has DownloadRequiresComputer for every platform, and its description for iOS only',
  cites: [
    schemaLine(file, '157-L169', 'Status, the list of values'),
    schemaLine(file, 175, 'Status, DownloadRequiresComputer'),
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
  cites: updateCommandCites(file, 'ScheduleOSUpdate'),
  keys: writeKeys(file, updateCommandLives, [
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
          ...['NotifyOnly', 'InstallLater', 'InstallForceRestart'].map(macOnly),
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
    // What an item holds is "the error details", of any key and type.
    ['UpdateResults[].ErrorChain[]', 'any', 'optional', 189],
  ]),
}

/**
 * Apple says that a device which restarted before it could answer gives no UpdateResults when the
 * command is sent again; the reference of 2018 says that it then answers the status Idle.
 */
export const silenceAfterRestart = {
  path: 'UpdateResults',
  because:
    'Apple documents that a device which could not answer because it restarted gives no UpdateResults when the command is sent again; the reference of 2018 says that it then answers the status Idle',
  cites: [
    {
      label: 'Apple, Schedule an OS update',
      url: 'https://developer.apple.com/documentation/devicemanagement/schedule-os-update-command',
    },
    mdmReference2018,
  ],
}
