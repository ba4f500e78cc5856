import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import {
  atLeast,
  below,
  compareVersions,
  formatVersion,
  isBuild,
  joinVersion,
  parseVersion,
  sameVersion,
  splitVersion,
  version,
} from './os-version'

const parts = fc.array(fc.nat({ max: 9999 }), { minLength: 1, maxLength: 4 })

test.each([
  ['11.4', '11.10', -1],
  ['11.4', '11.4.0', 0],
  ['11.4.1', '11.4', 1],
  ['9.3.5', '10.3', -1],
  ['27', '26.7.1', 1],
  ['12', '12.0.0.0', 0],
  ['26.3.1 (a)', '26.3.1', 1],
  ['26.3.1 (a)', '26.3.2', -1],
  ['26.3.1 (b)', '26.3.1(a)', 1],
  ['26.3 (a)', '26.3.0 (a)', 0],
  ['26.3 (a)', '26.3.1', -1],
  ['26.3.0.1', '26.3 (z)', 1],
])('%s against %s is %i', (a, b, sign) => {
  expect(Math.sign(compareVersions(version(a), version(b)))).toBe(sign)
})

test.each([
  '',
  ' ',
  '18A391',
  '11.',
  '.4',
  '11..4',
  '11,4',
  '-1',
  '1.2.3.4.5',
  '11.4 (A)',
  '11.4 (aa)',
  '(a)',
  '12.01',
  '012.1',
  '12.00',
  '00',
  '12..1',
  'v11',
  '11.4\n',
])('refuses %j', (text) => {
  expect(parseVersion(text)).toBeUndefined()
  expect(sameVersion(text, '11.4')).toBeUndefined()
  expect(() => version(text)).toThrow('not a dotted version')
})

test('a formatted version parses to the same one', () => {
  fc.assert(
    fc.property(parts, (numbers) => {
      expect(parseVersion(numbers.join('.'))).toEqual(numbers)
    }),
  )
})

test('a version and its supplement are split and joined again', () => {
  expect(splitVersion('26.3.1 (a)')).toEqual({ version: '26.3.1', extra: '(a)' })
  expect(splitVersion('26.3.1')).toEqual({ version: '26.3.1' })
  expect(joinVersion('26.3.1', '(a)')).toBe('26.3.1 (a)')
  expect(joinVersion('26.3.1', undefined)).toBe('26.3.1')
  expect(formatVersion(version('26.3.1'))).toBe('26.3.1')
  expect(formatVersion(version('26.0 (a)'))).toBe('26.0 (a)')
  expect(formatVersion(version('26.3.1 (b)'))).toBe('26.3.1 (b)')
})

test('the order is total: antisymmetric and transitive', () => {
  fc.assert(
    fc.property(parts, parts, parts, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)))
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
    }),
  )
})

test('missing parts are 0', () => {
  fc.assert(
    fc.property(parts, fc.nat({ max: 3 }), (numbers, zeros) => {
      expect(compareVersions(numbers, [...numbers, ...Array(zeros).fill(0)])).toBe(0)
    }),
  )
})

test('every version is at least a bound or below it, never both', () => {
  fc.assert(
    fc.property(parts, parts, (numbers, bound) => {
      expect(atLeast(numbers, bound.join('.'))).toBe(!below(numbers, bound.join('.')))
    }),
  )
})

test.each(['15G77', '14E8300', '20A242a', '23D771330a', '1A543a', '23G6083'])(
  '%s is a build',
  (text) => {
    expect(isBuild(text)).toBe(true)
  },
)

test.each([
  '',
  '15g77',
  '15G',
  '115G77',
  '15G77A',
  '15G77ab',
  'G77',
  '12.5.5',
  ' 15G77',
  '15G77\n',
  '15G12345678',
])('%j is none', (text) => {
  expect(isBuild(text)).toBe(false)
})
