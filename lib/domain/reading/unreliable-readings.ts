import type { Platform } from '../device/device'
import { atLeast, compareVersions, parseVersion, version } from '../device/os-version'
import { evidenceInWords, issuesOn, rangeInWords } from '../rules/known-issues'
import type { Citation, IssueSet } from '../rules/rule'
import { radarBatteryOfEnrolment } from '../rules/sources'
import { exactTime } from '../text/instant'
import { describeReading } from './describe-reading'
import { type DeviceState, type Reading, type ReadingField, readingFields } from './reading'

/** A field that devices report wrongly on some OS versions. A reading that a person typed from the screen is right. */
export type KnownWrong = {
  field: ReadingField
  /** First and last version, inclusive. */
  from: string
  to: string
  /** The fault, as the end of "on iOS 11.1.2 the device …". */
  reason: string
  cites: Citation[]
}

export const knownWrongReadings: readonly KnownWrong[] = [
  {
    field: 'batteryLevel',
    from: '11.0',
    to: '11.1.2',
    reason: 'keeps reporting the battery level of its enrollment',
    // Verified there on 11.0.2 and 11.1.2; not reproduced on iOS 10.
    cites: [radarBatteryOfEnrolment],
  },
]

/** The platform that a state was read on, and the lab's own known issues. */
export type ReadOn = { platform: Platform; known: IssueSet }

/** What is wrong with the field on the OS of the state, and how that is known; the shipped faults come first. */
export function findFault(
  state: {
    osVersion?: { value?: string | undefined } | undefined
    osBuild?: { value?: string | undefined } | undefined
  },
  field: ReadingField,
  { platform, known }: ReadOn,
): { fault: string; source: string } | undefined {
  const os = parseVersion(state.osVersion?.value ?? '')
  if (!os) return undefined
  const shipped = knownWrongReadings.find(
    (one) =>
      one.field === field && atLeast(os, one.from) && compareVersions(os, version(one.to)) <= 0,
  )
  if (shipped)
    return {
      fault: `on ${shipped.from} to ${shipped.to} the device ${shipped.reason}`,
      source: shipped.cites.map(({ label }) => label).join(', '),
    }
  const build = state.osBuild?.value
  const found = issuesOn(known, 'unknown', { platform, os }).find(
    ({ issue, covers }) =>
      issue.field === field &&
      // Without a build nobody knows whether it is one of them.
      (covers === 'all' || build === undefined || issue.builds.includes(build)),
  )
  return (
    found && {
      fault: `on ${rangeInWords(found.issue)} it is known to be wrong: ${found.issue.fault}`,
      source: `K-${found.issue.number}, ${evidenceInWords(found.issue)}`,
    }
  )
}

/** Why a reading is unreliable at the OS version of its state; undefined if it is not. */
export function knownWrongIn(
  state: DeviceState,
  field: ReadingField,
  on: ReadOn,
): string | undefined {
  const reading = state[field]
  // A person typed what the screen shows; the value in an imported file or a print over USB came from the device.
  if (reading?.value === undefined || reading.source === 'typed') return undefined
  const wrong = findFault(state, field, on)
  if (!wrong) return undefined
  const said = describeReading(field, reading.value as never) // Of its own field, which the union has lost.
  return `${wrong.fault}; it reported ${said} (${wrong.source})`
}

/** The state with unreliable readings set to unknown, with the reason. */
export function withoutKnownWrong(state: DeviceState, on: ReadOn): DeviceState {
  const fields = new Set([...knownWrongReadings, ...on.known.issues].map(({ field }) => field))
  const wrong = [...fields].flatMap((field) => {
    if (field === undefined) return []
    const reason = knownWrongIn(state, field, on)
    const reading: Reading | undefined = state[field]
    if (reason === undefined || !reading) return []
    const unknownBrief = `${readingFields[field].label} as reported is not reliable on this OS`
    return [[field, { ...reading, value: undefined, unknownReason: reason, unknownBrief }] as const]
  })
  // fromEntries loses which reading belongs to which field; each keeps its own.
  return wrong.length === 0 ? state : { ...state, ...(Object.fromEntries(wrong) as DeviceState) }
}

/**
 * Sets the update activity to unknown if it was queried before the last command: "no update under way", read before a
 * download began, must not permit a second command, which would start the install at once (radar 45414727).
 * @param lastCommandAt when the last command or declaration was sent to the device
 */
export function withoutActivityBefore(
  state: DeviceState,
  lastCommandAt: Date | undefined,
): DeviceState {
  const reading = state.updateActivity
  if (!lastCommandAt || reading?.value === undefined) return state
  // By the time of our query if known, because an MDM server's clock may be off by minutes.
  if ((reading.askedAt ?? reading.answeredAt) > lastCommandAt) return state
  const unknown = {
    value: undefined,
    unknownReason: `it was read before the last command left at ${exactTime(lastCommandAt)}`,
    unknownBrief: 'Not queried since the last command',
  }
  return { ...state, updateActivity: { ...reading, ...unknown } }
}

/**
 * Sets "no software-update declaration is active" to unknown if it was read before a declaration of this lab went to the
 * device, also one of another trial that was taken back since: the device may have fetched it while nothing listened.
 */
export function withoutDeclarationBefore(
  state: DeviceState,
  lastDeclarationAt: Date | undefined,
): DeviceState {
  const reading = state.activeDeclaration
  if (!lastDeclarationAt || reading?.value !== false) return state
  if (reading.answeredAt > lastDeclarationAt) return state
  const unknown = {
    value: undefined,
    unknownReason: `it was read before this lab's last declaration went to the device at ${exactTime(lastDeclarationAt)}`,
    unknownBrief: 'Not read since the last declaration',
  }
  return { ...state, activeDeclaration: { ...reading, ...unknown } }
}
