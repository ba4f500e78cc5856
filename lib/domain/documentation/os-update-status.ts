import type { DocumentedReply } from './documented-key'
import { radarIntegerIsDownloaded, schemaLine, schemaOf26 } from './sources'
import { updateCommandCites, updateCommandLives } from './update-commands'
import { writeKeys } from './write-keys'

const file = 'system.update.status'

/** https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.status.yaml#L37-L126 */
export const osUpdateStatus: DocumentedReply = {
  lives: updateCommandLives,
  cites: updateCommandCites(file, 'OSUpdateStatus'),
  emptyList: {
    path: 'OSUpdateStatus',
    cites: [
      schemaLine(file, '38-L40', 'OSUpdateStatus'),
      schemaOf26(file, 'OSUpdateStatus is empty when no update is in progress'),
    ],
    reported: [],
  },
  keys: writeKeys(file, updateCommandLives, [
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
      { allowed: { least: 0, most: 1 } },
    ],
    [
      'OSUpdateStatus[].Status',
      'string',
      'required',
      63,
      { allowed: { words: ['Idle', 'Downloading', 'Installing'] } },
    ],
    ['OSUpdateStatus[].MaxDeferrals', 'integer', 'optional', 71, macOnly()],
    ['OSUpdateStatus[].DeferralsRemaining', 'integer', 'optional', 84, macOnly()],
    ['OSUpdateStatus[].NextScheduledInstall', 'date', 'optional', 97, macOnly()],
    ['OSUpdateStatus[].PastNotifications', 'array', 'optional', 110, macOnly()],
  ]),
}

function macOnly() {
  return { on: { iOS: 'never', tvOS: 'never' } } as const
}
