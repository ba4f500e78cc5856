import {
  type CapacityUnit,
  type DecimalSign,
  decimalSignOf,
  isClear,
  largestGB,
  numberOf,
  possibleUnits,
  smallestGB,
  splitUnit,
  toGB,
} from './units'

type CapacityOf = 'total' | 'free'

/** The number format of a column, decided by all of its cells. */
export type CapacityColumn = {
  of: CapacityOf
  /** Undefined if the column does not show it; its ambiguous cells are then refused. */
  decimal: DecimalSign | undefined
  /** The unit of cells without one; undefined if it cannot be determined. */
  unit: CapacityUnit | undefined
}

type Given = {
  of: CapacityOf
  texts: readonly string[]
  /** Chosen by a person, or named by the header. */
  unit: CapacityUnit | undefined
  /** Preferred if the numbers allow several units. */
  usual: CapacityUnit | undefined
  /** The other capacity column of the file: a program writes both in the same format. */
  sibling: CapacityColumn | undefined
  /** If cells are separated by commas, a point in a number is its decimal sign. */
  delimiter: string
}

export function decideCapacity({
  of,
  texts,
  unit,
  usual,
  sibling,
  delimiter,
}: Given): CapacityColumn {
  const split = texts.map(splitUnit)
  const decimal =
    decimalOf(
      split.map(({ number }) => number),
      sibling,
      delimiter,
    ) ??
    onlyPossible(
      split.map((one) => ({ ...one, unit: one.unit ?? unit })),
      of,
    )
  if (unit) return { of, decimal, unit }
  const named = new Set(split.flatMap((one) => one.unit ?? []))
  const values = split
    .filter((one) => !one.unit)
    .flatMap(({ number }) => candidates(number, decimal))
    // Programs write 0 for unknown.
    .filter((value) => value > 0)
  const bare = values.length > 0 ? possibleUnits(values, of) : []
  const wishes = [[...named][0], sibling?.unit, usual].filter((wish) => wish !== undefined)
  const only = bare.length === 1 ? bare[0] : undefined
  return {
    of,
    decimal,
    unit: only ?? wishes.find((wish) => bare.includes(wish)) ?? soleName(named, values),
  }
}

/** If every cell names the same unit, it is the column's too, which the sibling then uses. */
const soleName = (named: ReadonlySet<CapacityUnit>, bare: readonly number[]) =>
  named.size === 1 && bare.length === 0 ? [...named][0] : undefined

function decimalOf(
  numbers: readonly string[],
  sibling: CapacityColumn | undefined,
  delimiter: string,
): DecimalSign | undefined {
  const reported = decimalSignOf(numbers)
  if (reported === 'contradiction') return undefined
  if (reported) return reported
  const unclear = numbers.filter((text) => !isClear(text))
  if (unclear.length === 0) return sibling?.decimal ?? '.'
  // "1,024" in both columns means 1024 in both: no device has 1.024 GB.
  if (unclear.every((text) => text.includes(',')) && sibling?.decimal === '.') return '.'
  if (unclear.every((text) => text.includes('.')) && delimiter !== ';') return '.'
  return sibling?.decimal
}

/** The decimal sign with which every number is a possible capacity, if the other sign makes some number impossible. */
function onlyPossible(
  cells: readonly { number: string; unit?: CapacityUnit | undefined }[],
  of: CapacityOf,
): DecimalSign | undefined {
  if (of === 'free' || cells.some(({ unit }) => !unit)) return undefined
  const possible = signs.filter((sign) =>
    cells.every(({ number, unit }) => {
      const value = numberOf(number, sign)
      return value !== undefined && unit !== undefined && isCapacity(toGB(value, unit))
    }),
  )
  return possible.length === 1 ? possible[0] : undefined
}

const isCapacity = (gb: number) => gb <= largestGB && gb >= smallestGB

const signs: readonly DecimalSign[] = ['.', ',']

function candidates(text: string, decimal: DecimalSign | undefined): number[] {
  const tried = decimal ? [decimal] : signs
  const read = new Set(tried.flatMap((sign) => numberOf(text, sign) ?? []))
  return read.size === 1 ? [...read] : []
}

export type ReadCapacity = { value: number | undefined } | { bad: string; accepted: string }

const accepted = 'a number with its unit such as 64 GB, without separators between thousands'

/** One cell in GB of 10^9 bytes. */
export function readCapacity(text: string, column: CapacityColumn): ReadCapacity {
  const { number, unit: own } = splitUnit(text)
  const bad = (reason: string) => ({ bad: reason, accepted })
  const unit = own ?? column.unit
  const read = new Set(
    (column.decimal && !isContrary(number, column.decimal) ? [column.decimal] : signs).flatMap(
      (sign) => numberOf(number, sign) ?? [],
    ),
  )
  if (read.size === 0) return bad('This is not a number of bytes, MB or GB.')
  if ([...read].every((value) => value < 0)) return { value: undefined }
  if ([...read].every((value) => value === 0))
    return { value: column.of === 'total' ? undefined : 0 }
  if (!unit) return bad('The column does not show its unit: choose it.')
  const inGB = [...read].map((value) => toGB(value, unit))
  const min = column.of === 'total' ? smallestGB : 0
  const possible = inGB.filter((gb) => gb <= largestGB && gb >= min)
  if (possible.length > 1)
    return bad('A comma or point before three digits can be read in two ways.')
  const [gb] = possible
  if (gb !== undefined) return { value: gb }
  const shown = `${inGB[0]?.toLocaleString('en')} GB`
  return bad(
    (inGB[0] ?? 0) > largestGB
      ? `This is ${shown}; no iPhone, iPad or Apple TV has more than 2 TB.`
      : `This is ${shown}; no device of this lab has so little.`,
  )
}

/** Whether a number is unambiguous and contradicts the decimal sign of its column. */
const isContrary = (text: string, decimal: DecimalSign) =>
  isClear(text) && numberOf(text, decimal) === undefined
