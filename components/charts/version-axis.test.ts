import { expect, test } from 'vitest'
import { labelLines, maxInARow, rowsOf, wholeTicks } from './version-axis'

test.each([
  [4, [0, 1, 2, 3, 4]],
  [5, [0, 1, 2, 3, 4, 5]],
  [7, [0, 2, 4, 6, 8]],
  [40, [0, 7, 14, 21, 28, 35, 42]],
])('a count axis up to %i has whole numbers with one step between them', (top, ticks) => {
  expect(wholeTicks(top)).toEqual(ticks)
})

test.each([0, 1, 7, 12, 13, 25, 60])(
  '%i versions are drawn in rows that fit a sheet of paper, each version once and in order',
  (count) => {
    const versions = Array.from({ length: count }, (_, index) => index)
    const rows = rowsOf(versions)
    expect(rows.flat()).toEqual(versions)
    for (const row of rows) {
      expect(row.length).toBeGreaterThan(0)
      expect(row.length).toBeLessThanOrEqual(maxInARow)
    }
  },
)

test.each([
  ['11.4.1', ['11.4.1']],
  ['Battery 20 to 49 %', ['Battery', '20 to 49', '%']],
  ['InstallASAP', ['Install', 'ASAP']],
  ['iPhone (iPhone10,1)', ['iPhone', '(iPhone', '10,1)']],
  ['abcdefghijklm', ['abcdefghi', 'jklm']],
  ['Download, then install twice over', ['Download,', 'then', 'install…']],
])('the name "%s" of a row keeps to its place under the axis', (label, lines) => {
  expect(labelLines(label)).toEqual(lines)
})

test('a place with more room takes longer lines', () => {
  expect(labelLines('iPhone (iPhone10,1)', 12)).toEqual(['iPhone', '(iPhone10,1)'])
  expect(labelLines('iPhone (iPhone10,1)', 20)).toEqual(['iPhone (iPhone10,1)'])
})
