/**
 * What one import may hold; beyond it a browser and a transaction get slow. Rows, columns and cells are
 * counted while the file is read, so that a larger one is refused before it is held in memory as cells.
 */
export const importLimits = {
  bytes: 5_000_000,
  rows: 20_000,
  columns: 500,
  /** Characters of one cell. */
  cell: 10_000,
  /** Lines above the header, such as a report's title, that are left out. */
  linesAboveHeader: 20,
}
