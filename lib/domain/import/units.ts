export const capacityUnits = ['byte', 'KB', 'MB', 'GB', 'TB', 'MiB', 'GiB'] as const
export type CapacityUnit = (typeof capacityUnits)[number]

/** GB of 10^9 bytes, which is what Apple's documentation calls a GB, for one of each unit. */
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

/** The largest iPad holds 2 TB, which some programs write as 2,048 GB. */
export const largestGB = 2048
/** An iPhone 4s of 8 GB has less than 7 left for its user; nothing that ever took iOS 9 had less than 4. */
export const smallestGB = 4

// French counts octets, and Russian has letters of its own.
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

/** The number and the unit of "1,024 GB"; without a unit the whole text is the number. */
export function splitUnit(text: string): { number: string; unit?: CapacityUnit } {
  const match = /^(.*\d)\s*(\p{L}{1,9})$/isu.exec(text.trim())
  const unit = words[match?.[2]?.toLowerCase() ?? '']
  return unit ? { number: match?.[1] ?? '', unit } : { number: text.trim() }
}

/**
 * Units in which these numbers can be devices' capacities: all of them, or else three in four, so that
 * one bad cell does not leave its whole column without a unit.
 */
export function possibleUnits(values: readonly number[], of: 'total' | 'free'): CapacityUnit[] {
  const all = unitsOf(values, of, values.length)
  return all.length > 0 ? all : unitsOf(values, of, values.length * 0.75)
}

function unitsOf(values: readonly number[], of: 'total' | 'free', min: number): CapacityUnit[] {
  const max = Math.max(...values)
  return (['byte', 'KB', 'MB', 'GB'] as const).filter((unit) => {
    // Where the emptiest device of a file has 50 MB free, a larger unit is what the file means.
    if (of === 'free' && max * inGB[unit] < 0.05) return false
    return values.filter((value) => isCapacity(value, unit, of)).length >= min
  })
}

/** A fraction cannot be a count of bytes or megabytes. */
const isCapacity = (value: number, unit: CapacityUnit, of: 'total' | 'free') =>
  value * inGB[unit] <= largestGB &&
  value * inGB[unit] >= (of === 'total' ? smallestGB : 0) &&
  (unit === 'GB' || Number.isInteger(value))

/** Which sign is the decimal one in a column; undefined where its cells do not tell. */
export type DecimalSign = '.' | ','

// A blank, a hard or thin blank, or an apostrophe between thousands is never anything else.
const grouping = /(?<=\d)[\s\u00a0\u2009\u202f'’](?=\d{3}(?!\d))/g

const plain = (text: string) => text.trim().replaceAll(grouping, '')

/**
 * What one number tells of its column's decimal sign. "12.5", "0,5" and "1.024,5" tell it; "1,024" does not: it
 * is a thousand and twenty-four or a little more than one.
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

/** The decimal sign of a column; `contradiction` where its cells disagree. */
export function decimalSignOf(texts: readonly string[]): DecimalSign | 'contradiction' | undefined {
  const reported = new Set(texts.flatMap((text) => reportedBy(plain(text)) ?? []))
  if (reported.size > 1) return 'contradiction'
  return [...reported][0]
}

/** Whether the text says the same whatever the decimal sign is. */
export const isClear = (text: string): boolean => {
  const bare = plain(text)
  return !/[.,]/.test(bare) || reportedBy(bare) !== undefined
}

/** The number a text is with this decimal sign; undefined where it is none. */
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
