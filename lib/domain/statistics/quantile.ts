/**
 * A quantile of a sample, p from 0 to 1, between the two values beside it: definition 7 of Hyndman & Fan
 * (1996, https://doi.org/10.2307/2684934), which R and spreadsheets use. Undefined of an empty sample;
 * throws on a p outside 0–1 and on a value that is no number.
 */
export function quantile(values: readonly number[], p: number): number | undefined {
  if (!(p >= 0 && p <= 1)) throw new Error(`a quantile is asked for at 0 to 1, not at ${p}`)
  if (values.some((value) => !Number.isFinite(value)))
    throw new Error('a quantile is of numbers only')
  const sorted = values.toSorted((one, other) => one - other)
  const place = (sorted.length - 1) * p
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low === undefined || high === undefined
    ? undefined
    : low + (high - low) * (place - Math.floor(place))
}

export type Quartiles = { n: number; low: number; median: number; high: number }

/** The median with the quartiles beside it; undefined of an empty sample. */
export function quartilesOf(values: readonly number[]): Quartiles | undefined {
  const [low, median, high] = [0.25, 0.5, 0.75].map((p) => quantile(values, p))
  if (low === undefined || median === undefined || high === undefined) return undefined
  return { n: values.length, low, median, high }
}
