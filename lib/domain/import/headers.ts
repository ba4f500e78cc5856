import { importColumns, type KnownColumn, type ValueForm } from './columns'
import type { CapacityUnit } from './units'
import { folded } from './words'

/** A unit in a header, as in "Capacity (MB)" and "battery_percent". */
export type HeaderUnit = CapacityUnit | '%'

/** A possible meaning of a header. */
export type HeaderMatch = {
  known: KnownColumn
  /** Of several headers with one meaning the lowest rank is used. */
  rank: number
  unit?: HeaderUnit
  /** Required form of the column's values. */
  form?: ValueForm
}

const places = new Map<string, Omit<HeaderMatch, 'unit'>[]>()
for (const known of importColumns) {
  // In a file with both, "Model name" is the name, and "Model" may be a part number.
  const label = known.key === 'modelName' ? [] : [known.label]
  const own = [...label, known.key, ...known.aliases, known.label]
  for (const [rank, header] of own.entries()) note(header, { known, rank })
  const { form, aliases = [] } = known.where ?? {}
  for (const [at, header] of aliases.entries())
    note(header, { known, rank: 100 + at, ...(form && { form }) })
}
function note(header: string, match: Omit<HeaderMatch, 'unit'>) {
  const before = places.get(folded(header)) ?? []
  if (!before.some(({ known, form }) => known === match.known && form === match.form))
    places.set(folded(header), [...before, match])
}

const units: Record<string, HeaderUnit> = {
  '%': '%',
  percent: '%',
  b: 'byte',
  byte: 'byte',
  bytes: 'byte',
  kb: 'KB',
  mb: 'MB',
  gb: 'GB',
  gib: 'GiB',
  mib: 'MiB',
  tb: 'TB',
}
const named = /[([]\s*(%|percent|b|bytes?|[kmgt]b|[mg]ib)\s*[)\]]$/i
const ending =
  /^(.*?[a-z])[\s_-]*(%|(?<=[\s_-])(?:bytes?|[kmgt]b|[mg]ib|percent)|(?<=[a-z])(?:MB|GB|KB))$/is

const maxHeaderLength = 200

/** The header without its unit, and the unit; both empty if it has no unit. */
type NameAndUnit = [name: string, unit: string]

function inBrackets(header: string): NameAndUnit {
  const match = named.exec(header)
  return match ? [header.slice(0, match.index), match[1] ?? ''] : ['', '']
}

function atTheEnd(header: string): NameAndUnit {
  const match = ending.exec(header)
  return [match?.[1] ?? '', match?.[2] ?? '']
}

/** All possible meanings of a header; none if it is unknown. A percentage is a battery level and never a size. */
export function matchHeader(header: string): HeaderMatch[] {
  if (header.length > maxHeaderLength) return []
  const found = meaningsOf(header)
  return /%|percent/i.test(header)
    ? found.filter(({ known }) => known.key === 'batteryLevel')
    : found
}

function meaningsOf(header: string): HeaderMatch[] {
  for (const [name, word] of [inBrackets(header.trim()), atTheEnd(header.trim())]) {
    const unit = units[word.toLowerCase()]
    const found = places.get(folded(name))
    // Of two headers with one meaning, the one with a unit is preferred.
    if (unit && found) return found.map((one) => ({ ...one, unit, rank: one.rank - 0.5 }))
  }
  const found = places.get(folded(header)) ?? []
  // Fleet's "gigs_disk_space_available".
  return /^gigs/i.test(header.trim()) ? found.map((one) => ({ ...one, unit: 'GB' })) : found
}

export const isKnownHeader = (header: string): boolean => matchHeader(header).length > 0

export const columnByKey = (key: string): KnownColumn | undefined =>
  importColumns.find((known) => known.key === key)

const minMisspeltLength = 6
const maxMisspeltLength = 40
/** From this length on two letters may be wrong; in shorter words that gives another word ("team name", "item name"). */
const longWord = 9

/**
 * The column whose header is misspelt here: one or two letters wrong, missing, added or swapped, but not the first one.
 * Short words are not compared: "Tags", "Owned" and "Modem" are words of their own.
 */
export function suggestColumn(header: string): KnownColumn | undefined {
  const text = folded(header)
  if (text.length < minMisspeltLength || text.length > maxMisspeltLength) return undefined
  const max = text.length < longWord ? 1 : 2
  const near = [...places]
    .filter(([name]) => name[0] === text[0] && name.length >= minMisspeltLength - 1)
    .map(([name, matches]) => ({ known: matches[0]?.known, far: distance(text, name, max) }))
    .filter(({ far }) => far <= max)
    .toSorted((a, b) => a.far - b.far)
  return near[0]?.known
}

/** The number of letters to change, add, remove or swap with the next; a distance above `max` is not exact. */
function distance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? max + 1
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
          swapped ? at(i - 2, j - 2) + 1 : max + 1,
        ),
      )
    }
  }
  return at(a.length, b.length)
}
