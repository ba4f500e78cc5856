import { exactTime } from '../text/exact-time'
import type { DeviceState } from './reading'

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
    unknownBecause: `it was read before the last command left at ${exactTime(lastCommandAt)}`,
    unknownBrief: 'Not queried since the last command',
  }
  return { ...state, updateActivity: { ...reading, ...unknown } }
}
