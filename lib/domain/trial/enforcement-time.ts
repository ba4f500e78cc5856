import { clockOf, isIanaZone, momentsIn, type WallTime } from '../import/zones'
import { addDays } from '../planning/release-gaps'
import { exactTime } from '../text/instant'
import { labDay } from '../text/lab-time'
import type { EnforcementTime } from './protocol'

/** When a declaration enforces on one device, or why it cannot be said. */
export type LocalEnforcement =
  | {
      ok: true
      /** TargetLocalDateTime as the device gets it: its own clock, without zone and fraction. */
      local: string
      zone: string
      /** The instants at which the device's clock shows it: two where clocks are put back over it, the earlier first. */
      instants: Date[]
    }
  | { ok: false; reason: string }

const two = (n: number) => String(n).padStart(2, '0')
const clockForm = /^([01]\d|2[0-3]):([0-5]\d)$/

/**
 * TargetLocalDateTime of a declaration that is released now, for a device in this IANA zone. It is the device's own local
 * time, so one text is another instant in another zone
 * (https://github.com/apple/device-management/blob/b6202ca/declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml).
 * "As soon as possible" is the device's time at the release: a device enforces a past time about an hour after it got the
 * declaration. A time that clocks skip, or that has passed, is refused: what would happen then is not what the protocol says.
 */
export function localEnforcement(
  when: EnforcementTime,
  zone: string,
  releasedAt: Date,
): LocalEnforcement {
  if (!isIanaZone(zone)) return { ok: false, reason: `"${zone}" is no IANA time zone` }
  if (when.kind === 'asSoonAsPossible') return localAt(releasedAt, zone)
  const [, hour, minute] = clockForm.exec(when.clock) ?? []
  if (hour === undefined || minute === undefined)
    return { ok: false, reason: `"${when.clock}" is no time of day such as 09:30` }
  const day = addDays(labDay(releasedAt, zone), when.daysLater)
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const wall = { year, month, day: date, hour: Number(hour), minute: Number(minute) }
  const instants = momentsIn(zone, { ...wall, second: 0, ms: 0 }) ?? []
  const [first] = instants
  if (!first)
    return {
      ok: false,
      reason: `${when.clock} does not exist on ${day} in ${zone}, as clocks are put forward over it`,
    }
  if (first <= releasedAt)
    return {
      ok: false,
      reason: `${when.clock} on ${day} in ${zone} was at ${exactTime(first)} and has passed`,
    }
  return { ok: true, local: textOf({ ...wall, second: 0 }), zone, instants }
}

function localAt(at: Date, zone: string): LocalEnforcement {
  const wall = clockOf(at, zone)
  const instants = momentsIn(zone, { ...wall, ms: 0 }) ?? []
  return { ok: true, local: textOf(wall), zone, instants }
}

const textOf = ({ year, month, day, hour, minute, second }: Omit<WallTime, 'ms'>): string =>
  `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`

/** "2027-01-15T09:00:00 Europe/Berlin (2027-01-15 08:00 UTC)", with both instants of a time that exists twice. */
export function enforcementWords({ local, zone, instants }: LocalEnforcement & { ok: true }) {
  const [first, second] = instants.map(exactTime)
  const both = second === undefined ? first : `twice, at ${first} and at ${second}`
  return `${local} ${zone} (${both})`
}
