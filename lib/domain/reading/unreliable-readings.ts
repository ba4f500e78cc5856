import { atLeast, compareVersions, parseVersion, version } from '../device/os-version'
import type { Citation } from '../rules/rule'
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

function findKnownWrong(state: DeviceState, field: ReadingField): KnownWrong | undefined {
  const reading = state[field]
  const os = parseVersion(state.osVersion?.value ?? '')
  if (!os || reading?.value === undefined) return undefined
  // The value in an imported file came from the device as well.
  if (reading.source === 'typed') return undefined
  return knownWrongReadings.find(
    (known) =>
      known.field === field &&
      atLeast(os, known.from) &&
      compareVersions(os, version(known.to)) <= 0,
  )
}

/** Why a reading is unreliable at the OS version of its state; undefined if it is not. */
export function knownWrongIn(state: DeviceState, field: ReadingField): string | undefined {
  const reading = state[field]
  const wrong = findKnownWrong(state, field)
  if (!wrong || !reading) return undefined
  const said = describeReading(field, reading.value as never) // Of its own field, which the union has lost.
  return `on ${wrong.from} to ${wrong.to} the device ${wrong.reason}; it reported ${said} (${wrong.cites.map(({ label }) => label).join(', ')})`
}

/** The state with unreliable readings set to unknown, with the reason. */
export function withoutKnownWrong(state: DeviceState): DeviceState {
  const wrong = knownWrongReadings.flatMap(({ field }) => {
    const reason = knownWrongIn(state, field)
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
 * @param lastCommandAt when the last ScheduleOSUpdate was sent to the device
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
