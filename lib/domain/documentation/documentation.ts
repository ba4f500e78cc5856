import { atLeast, below, type OsVersion } from '../device/os-version'
import type { RequestType } from '../trial/command-slot'
import { availableOsUpdates } from './available-os-updates'
import { deviceInformation } from './device-information'
import type { DocumentedReply, Life } from './documented-key'
import { osUpdateStatus } from './os-update-status'
import { scheduleOsUpdate } from './schedule-os-update'
import { securityInfo } from './security-info'

/** Apple's documented replies, by what was asked. */
export const documentation: Record<RequestType, DocumentedReply> = {
  ScheduleOSUpdate: scheduleOsUpdate,
  OSUpdateStatus: osUpdateStatus,
  AvailableOSUpdates: availableOsUpdates,
  DeviceInformation: deviceInformation,
  SecurityInfo: securityInfo,
}

/** Whether a command or key is documented in an OS version; deprecated counts as documented. */
export type Standing = 'documented' | 'notYet' | 'removed' | 'never'

export function standingAt(life: Life | undefined, os: OsVersion): Standing {
  if (!life) return 'never'
  if (below(os, life.introduced)) return 'notYet'
  return life.removed !== undefined && atLeast(os, life.removed) ? 'removed' : 'documented'
}

/** "documented from 9.0, removed in 27.0". */
export function describeLife(life: Life | undefined): string {
  if (!life) return 'not documented for this platform'
  const { introduced, deprecated, removed } = life
  const ends = [
    deprecated === undefined ? [] : `deprecated in ${deprecated}`,
    removed === undefined ? [] : `removed in ${removed}`,
  ].flat()
  return [`documented from ${introduced}`, ...ends].join(', ')
}
