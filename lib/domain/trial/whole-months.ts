/** Days as in `2026-06-01`, months as in `2026-06`; both are compared as text. */
export type DaySpan = { from?: string | undefined; to?: string | undefined }

/** The first and the last month that lie in a span as a whole, and the days before and after them. */
export type Months = DaySpan & { days: DaySpan[] }

const dayBefore = (day: string): string => shifted(day, -1)
const dayAfter = (day: string): string => shifted(day, 1)

function shifted(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

const monthOf = (day: string): string => day.slice(0, 7)

/**
 * The whole months of a span of days, both ends included, and the days of it that are in no whole month. An end that is
 * missing is open. Undefined where no month lies in it as a whole.
 */
export function wholeMonths({ from, to }: DaySpan): Months | undefined {
  const days: DaySpan[] = []
  let [first, last] = [from && monthOf(from), to && monthOf(to)]
  if (from && !from.endsWith('-01')) {
    const nextMonth = monthOf(dayAfter(lastDayOf(from)))
    days.push({ from, to: lastDayOf(from) })
    first = nextMonth
  }
  if (to && !dayAfter(to).endsWith('-01')) {
    const before = dayBefore(`${monthOf(to)}-01`)
    days.push({ from: dayAfter(before), to })
    last = monthOf(before)
  }
  return first && last && first > last ? undefined : { from: first, to: last, days }
}

/** The last day of the month of a day. */
function lastDayOf(day: string): string {
  const [year = 0, month = 0] = day.split('-').map(Number)
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)
}
