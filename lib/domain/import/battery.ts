export type BatteryUnit = 'percent' | 'fraction'

/** The number in a battery cell, in any unit. A comma is a decimal sign, because no level has thousands. */
function numberIn(text: string): { value: number; percent: boolean } | undefined {
  const match = /^(-?\d{1,3}(?:[.,]\d{1,9})?)\s*(%)?$/.exec(text.trim())
  if (!match?.[1]) return undefined
  return { value: Number(match[1].replace(',', '.')), percent: match[2] !== undefined }
}

/**
 * The unit of a column, decided by all of its cells: next to a 95 a 1 is one percent. Undefined if it cannot be
 * determined: a column with only 0 and 1, or one that mixes fractions and percentages.
 */
export function batteryUnitOf(texts: readonly string[]): BatteryUnit | undefined {
  // A cell that is no level in any unit is an error of its own and is ignored here.
  const read = texts
    .flatMap((text) => numberIn(text) ?? [])
    .filter(({ value }) => value >= 0 && value <= 100)
  const bare = read.filter(({ percent }) => !percent).map(({ value }) => value)
  const aboveOne = bare.some((value) => value >= 2)
  const fractions = bare.some((value) => value > 0 && value < 1)
  if (bare.some((value) => value > 1 && value < 2) && !aboveOne) return undefined
  if (aboveOne && fractions) return undefined
  if (aboveOne) return 'percent'
  if (fractions) return read.some(({ percent }) => percent) ? undefined : 'fraction'
  // 0 is the same in both units, and a percent sign in any cell decides.
  if (bare.every((value) => value === 0) || read.some(({ percent }) => percent)) return 'percent'
  return undefined
}

export type ReadBattery = { value: number | undefined } | { bad: string; accepted: string }

/** One cell as a fraction from 0 to 1; Apple reports a negative level if it is not known. */
export function readBattery(text: string, unit: BatteryUnit | undefined): ReadBattery {
  const read = numberIn(text)
  const accepted =
    'a percentage from 0 to 100, or a fraction from 0 to 1, one of them in the whole column'
  if (!read) return { bad: 'This is no battery level.', accepted }
  if (read.value < 0) return { value: undefined }
  if (!read.percent && unit === undefined && read.value !== 0)
    return {
      bad: 'A percentage or a fraction? The column leaves it open: choose its unit.',
      accepted,
    }
  const fraction = read.percent || unit === 'percent' ? read.value / 100 : read.value
  if (fraction > 1) return { bad: 'A battery holds 100 % at most.', accepted }
  return { value: Number(fraction.toFixed(4)) }
}
