import { atLeast, below, type OsVersion } from '../device/os-version'
import type { Citation } from '../rules/rule'
import { changesOf27 } from '../rules/sources'
import { deviceInformation } from './device-information'
import type { DocumentedReply, Life } from './documented-key'
import { securityInfo } from './security-info'
import { statusReport } from './status-report'
import { availableOsUpdates, osUpdateStatus, scheduleOsUpdate } from './update-commands'

/** The messages of a device that Apple documents and this program compares: answers to these commands, and status reports. */
export const documentedMessages = [
  'ScheduleOSUpdate',
  'OSUpdateStatus',
  'AvailableOSUpdates',
  'DeviceInformation',
  'SecurityInfo',
  'StatusReport',
] as const
export type DocumentedMessage = (typeof documentedMessages)[number]

/** What Apple documents of each of them. */
export const documentation: Record<DocumentedMessage, DocumentedReply> = {
  ScheduleOSUpdate: scheduleOsUpdate,
  OSUpdateStatus: osUpdateStatus,
  AvailableOSUpdates: availableOsUpdates,
  DeviceInformation: deviceInformation,
  SecurityInfo: securityInfo,
  StatusReport: statusReport,
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

/** The version of the lists in this folder; it changes whenever their meaning changes. */
const documentationVersion = '2026-11-2'

/** A dated state of Apple's public schema. */
export type Snapshot = {
  /** Short name as stored beside a verdict. */
  name: string
  commit: string
  /** The first OS version it applies to; the first snapshot in the list also applies to all older ones. */
  from: string
  what: string
  cite: Citation
}

const schemaAt = (commit: string) => `https://github.com/apple/device-management/tree/${commit}`

/** Oldest first. Between two snapshots the older one applies; the label has its date. */
export const snapshots: readonly Snapshot[] = [
  {
    name: 'schema 18.1',
    commit: 'b6202ca',
    from: '0',
    what: "Apple's schema of 2024-10-21 (iOS 18.1). It states for each key the version that introduced it; the schema itself was first published with iOS 15.",
    cite: { label: "Apple's schema at 18.1", url: schemaAt('b6202ca') },
  },
  {
    name: 'schema 26',
    commit: '0a4527c5',
    from: '26',
    what: "Apple's schema of the iOS 26 releases: the update commands are deprecated.",
    cite: { label: "Apple's schema at 26", url: schemaAt('0a4527c5') },
  },
  {
    name: 'schema 27',
    commit: '255d4a2d',
    from: '27',
    what: "Apple's schema of iOS 27.0: the update commands are removed.",
    cite: changesOf27,
  },
]

/** The snapshot that applies to this OS version. */
export function snapshotFor(os: OsVersion): Snapshot {
  const found = snapshots.findLast(({ from }) => atLeast(os, from))
  if (!found) throw new Error('the first snapshot speaks for every version')
  return found
}

const named = ({ name, commit }: Snapshot) => `${name} (${commit})`

/**
 * The documentation's version as stored with a result: the lists, and the schemas they are from. The keys are those of
 * the oldest snapshot; the later ones were read only for what they deprecate and remove.
 */
export function documentationName(snapshot: Snapshot): string {
  const [first] = snapshots
  const keys = first ? named(first) : ''
  const life = snapshot === first ? '' : `, what is removed by ${named(snapshot)}`
  return `lists ${documentationVersion}, keys by ${keys}${life}`
}
