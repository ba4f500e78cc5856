export const capacityUnits = ['byte', 'KB', 'MB', 'GB', 'TB', 'MiB', 'GiB'] as const
export type CapacityUnit = (typeof capacityUnits)[number]

/** Each unit in GB of 10^9 bytes, which is what Apple's documentation calls a GB. */
const inGB: Record<CapacityUnit, number> = {
  byte: 1e-9,
  KB: 1e-6,
  MB: 1e-3,
  GB: 1,
  TB: 1e3,
  MiB: 2 ** 20 / 1e9,
  GiB: 2 ** 30 / 1e9,
}

export const toGB = (value: number, unit: CapacityUnit): number =>
  Number((value * inGB[unit]).toFixed(9))

/** The largest iPad has 2 TB, which some programs write as 2,048 GB. */
export const largestGB = 2048
/** The smallest total capacity: an iPhone 4s of 8 GB shows less than 7, and no device that ran iOS 9 had less than 4. */
export const smallestGB = 4

// French has octets, Russian its own letters.
const words: Record<string, CapacityUnit> = {
  o: 'byte',
  octets: 'byte',
  ko: 'KB',
  mo: 'MB',
  go: 'GB',
  to: 'TB',
  мб: 'MB',
  гб: 'GB',
  тб: 'TB',
  megabytes: 'MB',
  gigabytes: 'GB',
  b: 'byte',
  byte: 'byte',
  bytes: 'byte',
  kb: 'KB',
  mb: 'MB',
  gb: 'GB',
  tb: 'TB',
  mib: 'MiB',
  gib: 'GiB',
}

/** Splits "1,024 GB" into number and unit; without a unit the whole text is the number. */
export function splitUnit(text: string): { number: string; unit?: CapacityUnit } {
  const match = /^(.*\d)\s*(\p{L}{1,9})$/isu.exec(text.trim())
  const unit = words[match?.[2]?.toLowerCase() ?? '']
  return unit ? { number: match?.[1] ?? '', unit } : { number: text.trim() }
}

/**
 * The units in which all of these numbers are possible capacities, or if there is none three in four of them, so that
 * one bad cell does not leave the column without a unit.
 */
export function possibleUnits(values: readonly number[], of: 'total' | 'free'): CapacityUnit[] {
  const all = unitsOf(values, of, values.length)
  return all.length > 0 ? all : unitsOf(values, of, values.length * 0.75)
}

function unitsOf(values: readonly number[], of: 'total' | 'free', min: number): CapacityUnit[] {
  const max = Math.max(...values)
  return (['byte', 'KB', 'MB', 'GB'] as const).filter((unit) => {
    // If no device of the file had more than 50 MB free in this unit, the file means a larger one.
    if (of === 'free' && max * inGB[unit] < 0.05) return false
    return values.filter((value) => isCapacity(value, unit, of)).length >= min
  })
}

/** A fraction cannot be a count of bytes or megabytes. */
const isCapacity = (value: number, unit: CapacityUnit, of: 'total' | 'free') =>
  value * inGB[unit] <= largestGB &&
  value * inGB[unit] >= (of === 'total' ? smallestGB : 0) &&
  (unit === 'GB' || Number.isInteger(value))

/** The decimal sign of a column. */
export type DecimalSign = '.' | ','

// A plain, no-break or thin space or an apostrophe before three digits only ever separates thousands.
const grouping = /(?<=\d)[\s\u00a0\u2009\u202f'’](?=\d{3}(?!\d))/g

const plain = (text: string) => text.trim().replaceAll(grouping, '')

/**
 * The decimal sign that one number shows. "12.5", "0,5" and "1.024,5" show it; "1,024" does not, because it may be 1024
 * or 1.024.
 */
function reportedBy(text: string): DecimalSign | undefined {
  const signs = [...text.matchAll(/[.,]/g)]
  const last = signs.at(-1)?.[0]
  if (last !== '.' && last !== ',') return undefined
  const other = last === '.' ? ',' : '.'
  if (text.includes(other)) return last
  if (signs.length > 1) return other
  return /^-?[1-9]\d{0,2}[.,]\d{3}$/.test(text) ? undefined : last
}

/** The decimal sign of a column; `contradiction` if its cells disagree. */
export function decimalSignOf(texts: readonly string[]): DecimalSign | 'contradiction' | undefined {
  const reported = new Set(texts.flatMap((text) => reportedBy(plain(text)) ?? []))
  if (reported.size > 1) return 'contradiction'
  return [...reported][0]
}

/** Whether the text is the same number with either decimal sign. */
export const isClear = (text: string): boolean => {
  const bare = plain(text)
  return !/[.,]/.test(bare) || reportedBy(bare) !== undefined
}

/** The number in a text, with this decimal sign; undefined if it is not a number. */
export function numberOf(text: string, decimal: DecimalSign): number | undefined {
  const thousands = decimal === '.' ? ',' : '.'
  const bare = plain(text)
  const form =
    decimal === '.'
      ? /^-?(\d{1,15}|\d{1,3}(,\d{3})+)(\.\d{1,15})?$/
      : /^-?(\d{1,15}|\d{1,3}(\.\d{3})+)(,\d{1,15})?$/
  if (!form.test(bare)) return undefined
  return Number(bare.replaceAll(thousands, '').replace(decimal, '.'))
}

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
  if (!read) return { bad: 'This is not a battery level.', accepted }
  if (read.value < 0) return { value: undefined }
  if (!read.percent && unit === undefined && read.value !== 0)
    return {
      bad: 'A percentage or a fraction? The column leaves it open: choose its unit.',
      accepted,
    }
  const fraction = read.percent || unit === 'percent' ? read.value / 100 : read.value
  if (fraction > 1) return { bad: 'A battery level is at most 100 %.', accepted }
  return { value: Number(fraction.toFixed(4)) }
}
