import { expect, test } from 'vitest'
import { decideCapacity, readCapacity } from './capacity'
import { batteryUnitOf, decimalSignOf, numberOf, readBattery } from './units'

const battery = (texts: string[]) => texts.map((text) => readBattery(text, batteryUnitOf(texts)))
const values = (texts: string[]) =>
  battery(texts).map((read) => ('value' in read ? read.value : read.bad))

test('a battery column has one unit: next to a 95 a 1 is one percent', () => {
  expect(values(['95', '1', '0'])).toEqual([0.95, 0.01, 0])
  expect(values(['0.95', '1', '0,5'])).toEqual([0.95, 1, 0.5])
  expect(values(['85%', '1', '100 %'])).toEqual([0.85, 0.01, 1])
  expect(values(['50'])).toEqual([0.5])
  expect(values(['0.5', '150', '1'])).toEqual([0.5, 'A battery level is at most 100 %.', 1])
})

test('a negative battery is unknown, as Apple reports it', () => {
  expect(values(['-1', '80', '-100%'])).toEqual([undefined, 0.8, undefined])
})

test.each([[['1', '0', '1']], [['1']], [['0.95', '95']], [['1.5']], [['0.5', '40%']]])(
  'a battery column of %j leaves its unit open, and its cells are refused',
  (texts) => {
    expect(battery(texts).some((read) => 'bad' in read)).toBe(true)
  },
)

test('a chosen unit decides an open column, and a level above 100 % is still refused', () => {
  expect(readBattery('1', 'percent')).toEqual({ value: 0.01 })
  expect(readBattery('1', 'fraction')).toEqual({ value: 1 })
  expect(readBattery('150', 'percent')).toMatchObject({ bad: expect.stringContaining('100 %') })
  expect(readBattery('half', 'percent')).toMatchObject({ bad: expect.any(String) })
})

type Options = { of?: 'total' | 'free'; delimiter?: string; unit?: 'MB'; usual?: 'GB' }
const sizes = (texts: string[], { of = 'total', delimiter = ',', unit, usual }: Options = {}) => {
  const column = decideCapacity({ of, texts, unit, usual, sibling: undefined, delimiter })
  return texts.map((text) => {
    const read = readCapacity(text, column)
    return 'value' in read ? read.value : 'refused'
  })
}

test('the unit of a capacity is that of its column', () => {
  expect(sizes(['64', '128', '512'])).toEqual([64, 128, 512])
  expect(sizes(['12159', '27560'])).toEqual([12.159, 27.56])
  expect(sizes(['64000000000', '31708938240'])).toEqual([64, 31.70893824])
  expect(sizes(['64 GB', '59.6 GiB', '1 TB'])).toEqual([
    64,
    Number((59.6 * 1.073741824).toFixed(9)),
    1000,
  ])
  expect(sizes(['11487', '1548'], { of: 'free' })).toEqual([11.487, 1.548])
})

test('a point or comma before three digits is read as all cells allow it, or refused', () => {
  expect(sizes(['1,024 GB'])).toEqual([1024])
  expect(sizes(['1.024 GB'], { delimiter: ';' })).toEqual([1024])
  expect(sizes(['12,5', '64,123'], { delimiter: ';' })).toEqual([12.5, 64.123])
  expect(sizes(['1 024 GB', '51.533 GB'])).toEqual([1024, 51.533])
  expect(sizes(['1,024 GB'], { of: 'free' })).toEqual(['refused'])
})

test('an impossible capacity is refused, and a total of 0 or −1 is unknown', () => {
  expect(sizes(['4096 GB', '0', '-1', '1 GB'])).toEqual([
    'refused',
    undefined,
    undefined,
    'refused',
  ])
  expect(sizes(['64', '12159'])).toEqual(['refused', 'refused'])
  expect(sizes(['64', '128', '256', '9999999'])).toEqual([64, 128, 256, 'refused'])
})

test('the unit of a free capacity alone that could be MB or GB is asked for, except under Oneway’s own header', () => {
  expect(sizes(['54', '600'], { of: 'free' })).toEqual(['refused', 'refused'])
  expect(sizes(['54', '600'], { of: 'free', usual: 'GB' })).toEqual([54, 600])
  expect(sizes(['600'], { of: 'free', unit: 'MB' })).toEqual([0.6])
})

test('numbers are read by their column’s decimal sign', () => {
  expect(decimalSignOf(['1,024', '12,5'])).toBe(',')
  expect(decimalSignOf(['1,024', '7'])).toBeUndefined()
  expect(decimalSignOf(['1.5', '1,5'])).toBe('contradiction')
  expect(numberOf('1.024,5', ',')).toBe(1024.5)
  expect(numberOf('1 024', '.')).toBe(1024)
  expect(numberOf('12,34', '.')).toBeUndefined()
})
