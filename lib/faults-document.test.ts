import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const rows = readFileSync('docs/faults.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| F\d\d \|/.test(line))
  .map((line) => {
    const [, number = '', , , tests = ''] = line.split('|').map((cell) => cell.trim())
    return { number, files: [...tests.matchAll(/\(\.\.\/([^)]+)\)/g)].map(([, file = '']) => file) }
  })

test('docs/faults.md names every fault of sending, listening, reading and storage once', () => {
  const numbers = Array.from({ length: 34 }, (_, index) => `F${String(index + 1).padStart(2, '0')}`)
  expect(rows.map(({ number }) => number)).toEqual(numbers)
})

test.each(rows.flatMap(({ number, files }) => files.map((file) => ({ number, file }))))(
  '$number is in $file',
  ({ number, file }) => {
    expect(readFileSync(file, 'utf8')).toContain(number)
  },
)
