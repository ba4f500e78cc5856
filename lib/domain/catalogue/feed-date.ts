/**
 * A date as a source wrote it, and how much of one it is. Sources give a year alone, a month, a day or a time
 * (https://github.com/littlebyteorg/appledb/blob/00f792b3f44c0d5407a3fb4fdb278c96cca48651/schemas/osFiles.json),
 * so the text is kept, and nothing is added to it.
 */
export type FeedDate = { text: string; precision: DatePrecision }

export const datePrecisions = ['year', 'month', 'day', 'time'] as const
export type DatePrecision = (typeof datePrecisions)[number]

/** Said wherever a date is refused. */
export const acceptedDate = 'a date such as 2026-08-17, 2026-08, 2026 or 2026-08-17T17:00:31Z'

const form =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?)?)?$/

/** Undefined for what is no date of any precision, such as 2026-02-30 or 17.08.2026. */
export function parseFeedDate(text: string): FeedDate | undefined {
  const [, year, month, day, hour] = form.exec(text) ?? []
  if (year === undefined) return undefined
  if (month === undefined) return { text, precision: 'year' }
  if (Number(month) < 1 || Number(month) > 12) return undefined
  if (day === undefined) return { text, precision: 'month' }
  if (Number(day) < 1 || Number(day) > daysIn(Number(year), Number(month))) return undefined
  return { text, precision: hour === undefined ? 'day' : 'time' }
}

/** The last day of a month; day 0 of the next one is the last of this. */
const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** The first and the last day that a date may stand for, each as YYYY-MM-DD. */
export function daysOf({ text, precision }: FeedDate): { first: string; last: string } {
  if (precision === 'year') return { first: `${text}-01-01`, last: `${text}-12-31` }
  if (precision === 'month') {
    const [year, month] = text.split('-').map(Number)
    return { first: `${text}-01`, last: `${text}-${daysIn(year ?? 0, month ?? 1)}` }
  }
  const day = text.slice(0, 10)
  return { first: day, last: day }
}

const dayMs = 24 * 60 * 60 * 1000

/** Days from one day to another, each as YYYY-MM-DD; negative where the second is the earlier. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs)
