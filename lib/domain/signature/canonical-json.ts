/**
 * JSON that is the same for the same value: keys sorted by code unit, no blanks, absent and undefined
 * alike, dates as ISO 8601. Throws on what JSON would silently change (NaN, functions, other classes).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean')
    return JSON.stringify(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (value instanceof Date) return JSON.stringify(value.toISOString())
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && isPlain(value)) {
    const entries = Object.entries(value).filter(([, held]) => held !== undefined)
    // Code units, not a locale's order: two machines must hash the same.
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${sorted.map(([key, held]) => `${JSON.stringify(key)}:${canonicalJson(held)}`).join(',')}}`
  }
  throw new Error(`${typeof value} has no canonical JSON`)
}

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
