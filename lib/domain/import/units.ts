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
