import { atLeast, compareVersions, parseVersion, version } from '../device/os-version'
import type { Citation } from '../rules/rule'
import { radarBatteryOfEnrolment } from '../rules/sources'
import { exactTime } from '../text/instant'
import { describeReading } from './describe-reading'
import { type DeviceState, type Reading, type ReadingField, readingFields } from './reading'

/** What a device itself tells wrongly on some versions of its OS. A person who reads it off the screen sees what is so. */
export type KnownWrong = {
  field: ReadingField
  /** First and last version, both meant. */
  from: string
  to: string
  /** What is wrong with it, as the end of "on iOS 11.1.2 the device …". */
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
  // A file has it from an MDM server, which has it from the device.
  if (reading.source === 'typed') return undefined
  return knownWrongReadings.find(
    (known) =>
      known.field === field &&
      atLeast(os, known.from) &&
      compareVersions(os, version(known.to)) <= 0,
  )
}

/** Why a reading cannot be relied on at the OS version of its state; undefined where nothing says so. */
export function knownWrongIn(state: DeviceState, field: ReadingField): string | undefined {
  const reading = state[field]
  const wrong = findKnownWrong(state, field)
  if (!wrong || !reading) return undefined
  const said = describeReading(field, reading.value as never) // Of its own field, which the union has lost.
  return `on ${wrong.from} to ${wrong.to} the device ${wrong.reason}; it reported ${said} (${wrong.cites.map(({ label }) => label).join(', ')})`
}

/** A state in which readings that are known to be wrong have no value, and say why. */
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
 * A state in which the update activity is unknown until it was asked for after the last command left: "no
 * update under way" read before a download began must not let a second command go, which would start the
 * install at once (radar 45414727).
 * @param lastCommandAt when the last ScheduleOSUpdate left for the device
 */
export function withoutActivityBefore(
  state: DeviceState,
  lastCommandAt: Date | undefined,
): DeviceState {
  const reading = state.updateActivity
  if (!lastCommandAt || reading?.value === undefined) return state
  // By our clock where we asked: that of an MDM server may be off by minutes.
  if ((reading.askedAt ?? reading.answeredAt) > lastCommandAt) return state
  const unknown = {
    value: undefined,
    unknownReason: `it was read before the last command left at ${exactTime(lastCommandAt)}`,
    unknownBrief: 'Not queried since the last command',
  }
  return { ...state, updateActivity: { ...reading, ...unknown } }
}
