/** More dots in one row than this overlap, and the shape and colour of one of them cannot be told. */
export const maxDotsInRow = 100
/** Of all rows together. */
export const maxDots = 1000

/**
 * The rows that are drawn as one dot per trial. A row is drawn whole or not at all: a part of it would look like all of it
 * beside the other rows.
 * @param dotsOf how many dots a row has
 */
export function rowsWithDots<T>(
  rows: readonly T[],
  dotsOf: (row: T) => number,
): { drawn: T[]; tooMany: T[] } {
  let total = 0
  const fits = rows.map((row) => {
    const dots = dotsOf(row)
    const fit = dots <= maxDotsInRow && total + dots <= maxDots
    if (fit) total += dots
    return fit
  })
  return {
    drawn: rows.filter((_, at) => fits[at]),
    tooMany: rows.filter((_, at) => !fits[at]),
  }
}
