import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const rows = readFileSync('docs/faults.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| F\d\d \|/.test(line))
  .map((line) => {
    const [, number = '', , , tests = ''] = line.split('|').map((cell) => cell.trim())
    return { number, files: [...tests.matchAll(/\(\.\.\/([^)]+)\)/g)].map(([, file = '']) => file) }
  })

test('docs/faults.md names every fault of sending, listening, reading, storage and attack once', () => {
  const numbers = rows.map(({ number }) => number)
  expect(numbers).toEqual([...new Set(numbers)].toSorted())
  const spans = [
    [1, 34],
    [39, 48],
  ] as const
  for (const [first, last] of spans)
    for (let number = first; number <= last; number += 1)
      expect(numbers).toContain(`F${String(number).padStart(2, '0')}`)
})

test.each(rows.flatMap(({ number, files }) => files.map((file) => ({ number, file }))))(
  '$number is in $file',
  ({ number, file }) => {
    expect(readFileSync(file, 'utf8')).toContain(number)
  },
)
