import {
  type DeviceState,
  type Reading,
  type ReadingField,
  type ReadingValues,
  readingFieldNames,
} from './reading/reading'
import { noIssues } from './rules/known-issues'
import type { DeviceFacts, IssueSet, LabSettings, Rule, RuleContext } from './rules/rule'
import type { DatabaseIdentity, WitnessedSend } from './server/witness'
import { defaultLabSettings } from './settings'

/** The time at which tests judge. */
export const testNow = new Date('2026-11-23T12:00:00Z')

export const minutesBefore = (minutes: number): Date =>
  new Date(testNow.getTime() - minutes * 60_000)

/** Reported from iOS 16.1 on only. */
type Supplemental = 'osVersionExtra' | 'osSupplementalBuild'

/** Every reading of an iPhone on iOS 11.2.6 that is ready for a trial. */
export const readyValues: Omit<ReadingValues, Supplemental> & Partial<ReadingValues> = {
  osVersion: '11.2.6',
  osBuild: '15D100',
  supervised: true,
  depEnrolled: true,
  mdmEnrolled: true,
  appInstallationRight: true,
  userEnrollment: false,
  sharedIpad: false,
  userLoggedIn: false,
  freeCapacity: 15.468269348144531,
  totalCapacity: 26.914535522460938,
  batteryLevel: 0.83,
  externalPower: true,
  network: 'wifi',
  networkName: 'lab-5g',
  networkCaptive: false,
  passcodePresent: true,
  activeDeclaration: false,
  automaticUpdatesOff: true,
  timeZone: 'Europe/Berlin',
  updateActivity: 'none',
  availableUpdates: [
    {
      productKey: 'iOSUpdate15G77',
      version: '11.4.1',
      build: '15G77',
      downloadBytes: 225_236_247,
      installBytes: 537_395_200,
    },
  ],
}

/** How a test's device differs from the ready one. */
export type Change = {
  values?: Partial<ReadingValues>
  /** Fields that were never read. */
  without?: readonly ReadingField[]
  /** Fields that were read a year ago. */
  stale?: readonly ReadingField[]
  device?: Partial<DeviceFacts>
  slot?: RuleContext['slot']
  conditions?: RuleContext['conditions']
  settings?: Partial<LabSettings>
  known?: IssueSet
  relied?: readonly ReadingField[]
}

/** A declaration that is judged, on an OS that has declarations and is offered what it names. */
export const declared: Change = {
  slot: {
    mechanism: 'declaration',
    targetVersion: '18.2',
    targetBuild: '22C152',
    when: { kind: 'asSoonAsPossible' },
  },
  values: {
    osVersion: '17.5',
    osBuild: '21F79',
    availableUpdates: [
      {
        productKey: 'iOSUpdate22C152',
        version: '18.2',
        build: '22C152',
        downloadBytes: 2_400_000_000,
        installBytes: 1_000_000_000,
      },
    ],
  },
}

/** The ready device with a change. */
export function contextWith(change: Change = {}): RuleContext {
  const values: Partial<ReadingValues> = { ...readyValues, ...change.values }
  return {
    device: {
      platform: 'iOS',
      modelIdentifier: 'iPhone6,2',
      enrollmentId: 'f4d2c1b0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4',
      lastSeenAt: minutesBefore(5),
      retired: false,
      consumed: [],
      ...change.device,
    },
    state: stateOf(values, change),
    slot: change.slot ?? { installAction: 'Default', productKey: 'iOSUpdate15G77' },
    conditions: change.conditions ?? {},
    settings: { ...defaultLabSettings, ...change.settings },
    known: change.known ?? noIssues,
    now: testNow,
    relied: change.relied,
  }
}

export const judge = (rule: Rule, change: Change = {}) => rule.judge(contextWith(change))

function stateOf(
  values: Partial<ReadingValues>,
  { without = [], stale = [] }: Change,
): DeviceState {
  const kept = readingFieldNames.filter((field) => field in values && !without.includes(field))
  const reading = (field: ReadingField): Reading => ({
    id: field,
    field,
    value: values[field],
    source: 'simulated',
    answeredAt: minutesBefore(stale.includes(field) ? 365 * 24 * 60 : 2),
  })
  // fromEntries loses which value belongs to which field; `reading` takes both from the same one.
  return Object.fromEntries(kept.map((field) => [field, reading(field)])) as DeviceState
}

/** The database that a witness of sending remembers. */
export const witnessedDatabase: DatabaseIdentity = {
  lab: 'a'.repeat(64),
  system: '7123',
  databaseOid: 16384,
  databaseName: 'oneway',
  timeline: 1,
}

/** The witness's entry for a request that was sent; `seq` is the newest entry of the audit trail at that moment. */
export const witnessedSend = (commandUuid: string, seq = 2): WitnessedSend => ({
  kind: 'sent',
  at: '2026-03-02T09:00:00.000Z',
  identity: witnessedDatabase,
  head: { seq, hash: `h${seq}` },
  commandUuid,
  requestType: 'ScheduleOSUpdate',
  deviceId: 'd',
  enrollmentId: 'e',
  mdmServerId: 'm',
  trialId: 't',
  slotOrdinal: 1,
})
