import { momentIn, utcOf, type WallTime } from './zones'

export type DayOrder = 'dayFirst' | 'monthFirst'

/** What a column of times shows, and what it leaves open. */
export type TimeNeeds = {
  /** Whether some time has no zone. */
  zone: boolean
  /** `undecided` if some date can be read both ways; `contradiction` if cells contradict each other. */
  dayOrder: DayOrder | 'undecided' | 'contradiction' | undefined
}

type Parsed =
  | { at: Date }
  | { wall: WallTime }
  | { first: number; second: number; rest: WallTime }
  | { bad: string }

const months = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september'],
  ...['october', 'november', 'december'],
]
/** 1 to 12; 0 for a word that is not an English month, even if it begins like one. */
const monthOf = (word: string): number =>
  word.length === 3 || word.toLowerCase() === 'sept'
    ? months.findIndex((month) => month.startsWith(word.toLowerCase())) + 1
    : months.indexOf(word.toLowerCase()) + 1
const clock = String.raw`(?:[T ,]+(?:at )?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?)?`
// PostgreSQL writes +00, and Go +0000 UTC.
const zone = String.raw`\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?(?: UTC)?`
const iso = new RegExp(`^(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})${clock}${zone}$`, 'i')
const slashed = new RegExp(`^(\\d{1,2})([/.-])(\\d{1,2})\\2(\\d{4})${clock}${zone}$`, 'i')
const worded = new RegExp(
  `^(?:[a-z]+,? )?(?:([a-z]{3,9})\\.? (\\d{1,2})|(\\d{1,2})\\.? ([a-z]{3,9})),? (\\d{4})${clock}${zone}$`,
  'i',
)
// ISO 8601 without separators, and what `date` prints.
const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z|[+-]\d{4})?$/
const unix = /^[a-z]{3} ([a-z]{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (Z|UTC|GMT)? ?(\d{4})$/i
const shortYear = /^\d{1,2}([/.-])\d{1,2}\1\d{2}\b|^\d{2}-\d{1,2}-\d{1,2}\b/

/** Parses one time; in every form the parts of the time of day follow the date in the same order. */
function parse(given: string): Parsed {
  // macOS puts a narrow blank before AM and PM.
  const text = given.trim().replaceAll(/[\u00a0\u2009\u202f]/g, ' ')
  const dated = iso.exec(text)
  if (dated) {
    const [, year, month, day, ...rest] = dated
    return whole({ year: num(year), month: num(month), day: num(day) }, rest)
  }
  const both = slashed.exec(text)
  if (both) return orderless(both)
  const words = worded.exec(text)
  if (words) {
    const [, before, dayAfter, dayBefore, after, year, ...rest] = words
    const month = monthOf(before ?? after ?? '')
    if (month === 0) return { bad: 'Its month is not written in English.' }
    return whole({ year: num(year), month, day: num(dayAfter ?? dayBefore) }, rest)
  }
  const bare = compact.exec(text)
  if (bare) {
    const [, year, month, day, hours, minutes, seconds, offset] = bare
    const rest = [hours, minutes, seconds, undefined, undefined, offset]
    return whole({ year: num(year), month: num(month), day: num(day) }, rest)
  }
  const printed = unix.exec(text)
  if (printed) {
    const [, month, day, hours, minutes, seconds, offset, year] = printed
    const rest = [hours, minutes, seconds, undefined, undefined, offset]
    return whole({ year: num(year), month: monthOf(month ?? ''), day: num(day) }, rest)
  }
  return number(text)
}

function number(text: string): Parsed {
  if (/^\d{9,10}(\.\d{1,9})?$/.test(text)) return { at: new Date(Number(text) * 1000) }
  if (/^\d{12,13}$/.test(text)) return { at: new Date(Number(text)) }
  if (shortYear.test(text)) return { bad: 'The year has two digits, so its century is a guess.' }
  if (/^(?:never(?: .*)?|0(?:\.0+)?|-\d+)$/i.test(text))
    return { bad: 'This means “never”: the device was not in contact.' }
  if (/^\d{5}(?:[.,]\d+)?$/.test(text))
    return {
      bad: 'This looks like a day as Excel counts them: give the column the form of a date.',
    }
  if (/^\d(?:[.,]\d+)?e\+?\d{1,2}$/i.test(text))
    return { bad: 'Excel has shortened this number: its last digits are lost.' }
  return { bad: 'This cannot be read as a time.' }
}

const num = (text: string | undefined) => Number(text ?? '0')

type Day = Pick<WallTime, 'year' | 'month' | 'day'>

function whole(
  day: Day,
  [hours, minutes, seconds, fraction, half, offset]: (string | undefined)[],
): Parsed {
  let hour = num(hours)
  if (half) {
    if (hour < 1 || hour > 12) return { bad: noSuch }
    hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0)
  }
  const ms = num((fraction ?? '').slice(0, 3).padEnd(3, '0'))
  const wall = { ...day, hour, minute: num(minutes), second: num(seconds), ms }
  if (day.year < 100) return { bad: 'This is a year before 100, which exports write for “never”.' }
  const utc = utcOf(wall)
  if (!utc) return { bad: noSuch }
  if (offset === undefined) return { wall }
  const [, sign, h, m] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? []
  // "2026-01-05-07" is not a date with a zone.
  if (sign && !m && hours === undefined) return { bad: noSuch }
  const ahead = (num(h) * 60 + num(m)) * (sign === '-' ? -1 : 1)
  if (Math.abs(ahead) > 14 * 60) return { bad: 'There is no zone that far from UTC.' }
  return { at: new Date(utc.getTime() - ahead * 60_000) }
}

const noSuch = 'There is no such day or time.'

function orderless([, first, sign, second, year, ...rest]: RegExpExecArray): Parsed {
  const [a, b] = [num(first), num(second)]
  // A date with dots always begins with the day.
  if (sign === '.' || a > 12) return whole({ year: num(year), month: b, day: a }, rest)
  if (b > 12) return whole({ year: num(year), month: a, day: b }, rest)
  if (a === b) return whole({ year: num(year), month: a, day: b }, rest)
  // 1 January is a placeholder until the day order is known: the time of day does not depend on it.
  const read = whole({ year: num(year), month: 1, day: 1 }, rest)
  if ('wall' in read) return { first: a, second: b, rest: read.wall }
  if ('at' in read)
    return { bad: 'Its day and month read both ways and it has a zone: write the year first.' }
  return read
}

/** The day order of a column of times, and whether a zone is missing. */
export function timeNeeds(texts: readonly string[]): TimeNeeds {
  let [zoneless, open] = [false, false]
  const reported = new Set<DayOrder>()
  for (const text of texts) {
    const read = parse(text)
    if ('wall' in read || 'first' in read) zoneless = true
    if ('first' in read) open = true
    const both = slashed.exec(text.trim())
    if (both?.[2] === '/' || both?.[2] === '-') {
      if (num(both[1]) > 12) reported.add('dayFirst')
      if (num(both[3]) > 12) reported.add('monthFirst')
    }
  }
  const only = [...reported][0]
  const dayOrder = reported.size > 1 ? 'contradiction' : (only ?? (open ? 'undecided' : undefined))
  return { zone: zoneless, dayOrder }
}

export type ReadTime = { at: Date } | { bad: string; accepted: string }

const accepted = 'a time such as 2026-03-02T09:00:00Z'
// Exports write a zero time for a device that was never in contact: year 1 (Go, .NET), 1970 (Unix), 2000 (Fleet).
// The first iPhone was sold in 2007.
const earliest = Date.UTC(2007, 0, 1)

/** Reads one time with the zone and day order of its column. If they are needed and undefined, it is refused, not guessed. */
export function readTime(
  text: string,
  given: { zone: string | undefined; dayOrder: DayOrder | undefined },
  now: Date,
): ReadTime {
  const parsed = parse(text)
  const bad = (reason: string) => ({ bad: reason, accepted })
  if ('bad' in parsed) return bad(parsed.bad)
  if ('first' in parsed && !given.dayOrder)
    return bad('Day and month can be read both ways: choose their order for the whole file.')
  const wall = 'first' in parsed ? ordered(parsed, given.dayOrder) : parsed
  const at = 'at' in wall ? wall.at : given.zone && momentIn(given.zone, wall.wall)
  if (!at) return bad(given.zone ? noSuch : 'It has no time zone: choose one for the whole file.')
  if (Number.isNaN(at.getTime())) return bad(noSuch)
  if (at.getTime() < earliest)
    return bad(
      `${at.toISOString().slice(0, 10)} means “never” in exports: no device of this lab is that old.`,
    )
  if (at > now) return bad('This is in the future.')
  return { at }
}

const ordered = (
  { first, second, rest }: { first: number; second: number; rest: WallTime },
  order: DayOrder | undefined,
) => ({
  wall:
    order === 'dayFirst'
      ? { ...rest, day: first, month: second }
      : { ...rest, day: second, month: first },
})
