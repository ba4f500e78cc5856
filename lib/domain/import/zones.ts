/** A date and time without a zone. */
export type WallTime = {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  ms: number
}

/** Undefined for a time that does not exist, such as 30 February or 25:00. */
export function utcOf(wall: WallTime): Date | undefined {
  const { year, month, day, hour, minute, second, ms } = wall
  const at = new Date(0)
  // Date.UTC reads the years 0 to 99 as 1900 to 1999.
  at.setUTCFullYear(year, month - 1, day)
  at.setUTCHours(hour, minute, second, ms)
  const same =
    at.getUTCFullYear() === year &&
    at.getUTCMonth() === month - 1 &&
    at.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  return same ? at : undefined
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const kept = formats.get(zone)
  if (kept) return kept
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}

export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/** Whether a text is the name of a time zone as a device reports it, such as Europe/Berlin; an offset such as +02:00 is none. */
export const isIanaZone = (text: string): boolean =>
  /^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(text) && isZone(text)

/** What clocks of a zone show at a moment, to the second. */
export function clockOf(at: Date, zone: string): Omit<WallTime, 'ms'> {
  const parts = new Map<string, number>(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const read = (part: string) => parts.get(part) ?? 0
  return {
    ...{ year: read('year'), month: read('month'), day: read('day') },
    ...{ hour: read('hour'), minute: read('minute'), second: read('second') },
  }
}

/** How many milliseconds a zone is ahead of UTC at a moment. */
function aheadMs(at: Date, zone: string): number {
  const { year, month, day, hour, minute, second } = clockOf(at, zone)
  const shown = Date.UTC(year, month - 1, day, hour, minute, second)
  return shown - Math.floor(at.getTime() / 1000) * 1000
}

const possibleMoments = (utc: Date, zone: string): Date[] =>
  [-86_400_000, 0, 86_400_000].map(
    (step) => new Date(utc.getTime() - aheadMs(new Date(utc.getTime() + step), zone)),
  )

const shows = (at: Date, zone: string, utc: Date): boolean =>
  at.getTime() + aheadMs(at, zone) === utc.getTime()

/**
 * Every moment at which clocks of this zone show a time, the earlier first: none where clocks skip it, two where they
 * are put back over it. Undefined for a time that does not exist anywhere, such as 30 February.
 */
export function momentsIn(zone: string, wall: WallTime): Date[] | undefined {
  const utc = utcOf(wall)
  if (!utc || zone === 'UTC') return utc && [utc]
  const right = possibleMoments(utc, zone).filter((at) => shows(at, zone, utc))
  return [...new Set(right.map((at) => at.getTime()))].sort((a, b) => a - b).map((n) => new Date(n))
}

/** The moment at which clocks of this zone showed a time; the earlier of two, so that a reading does not look fresher than it is. */
export function momentIn(zone: string, wall: WallTime): Date | undefined {
  const utc = utcOf(wall)
  const [first] = momentsIn(zone, wall) ?? []
  if (!utc || first) return first
  return new Date(Math.min(...possibleMoments(utc, zone).map((at) => at.getTime())))
}
