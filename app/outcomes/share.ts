import type { ChartRow } from '@/components/charts/version-axis'
import { type Interval, minDevicesForRate } from '@/lib/domain/statistics/proportion'

const two = (share: number) => share.toFixed(2)

/** "[0.38, 0.96]" */
export const boundsOf = ({ low, high }: Interval): string => `[${two(low)}, ${two(high)}]`

/** "0.80 [0.38, 0.96]", or why there is none. */
export function shareOf(given: { rate?: number | undefined; interval?: Interval | undefined }) {
  const { rate, interval } = given
  if (rate === undefined || !interval) return `none, as n < ${minDevicesForRate}`
  return `${two(rate)} ${boundsOf(interval)}`
}

/** A row of the table of numbers, with its share and Clopper and Pearson's bounds in words. */
export const inWords = ({
  row,
  label,
  n,
  reached,
  leftOut,
  against,
  overruled,
  ...of
}: ChartRow) => ({
  ...{ row, label, n, reached, leftOut, against, overruled, counts: of.counts },
  share: shareOf(of),
  exact: of.exact ? boundsOf(of.exact) : 'none',
})

export type RowInWords = ReturnType<typeof inWords>
