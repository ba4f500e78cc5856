import { expect, test } from 'vitest'
import { readyValues } from '../testing'
import { describeBytes, describeOffer, describeReading } from './describe-reading'
import { type ReadingValues, readingFieldNames } from './reading'

test('a battery is a percentage', () => {
  expect(describeReading('batteryLevel', 0.18)).toBe('18 %')
  expect(describeReading('batteryLevel', 1)).toBe('100 %')
  expect(describeReading('batteryLevel', 0.8299999833106995)).toBe('83 %')
})

test('a capacity is given without claiming GB or GiB', () => {
  expect(describeReading('freeCapacity', 15.468269348144531)).toBe('15.47 GB or more')
  expect(describeReading('totalCapacity', 128, 'mdm')).toBe('128 GB or more')
  expect(describeReading('totalCapacity', 128, 'usb')).toBe('128 GB')
})

test('no offered update is described in words', () => {
  expect(describeReading('availableUpdates', [])).toBe('none offered')
})

test.each([
  [
    {
      productKey: 'iOSUpdate15G77',
      version: '11.4.1',
      build: '15G77',
      downloadBytes: 225_236_247,
      installBytes: 537_395_200,
    },
    '11.4.1 (15G77), needs 763 MB',
  ],
  [{ productKey: 'k', version: ' ' }, 'k, size not reported'],
  [
    {
      productKey: 'k',
      version: '16.5',
      downloadBytes: 1e9,
      installBytes: 2e9,
      securityResponse: true,
    },
    '16.5, needs 3.00 GB, rapid security response',
  ],
])('the offer %j reads: %s', (offer, words) => {
  expect(describeOffer(offer)).toBe(words)
})

test('bytes are decimal', () => {
  expect(describeBytes(999_999_999)).toBe('1000 MB')
  expect(describeBytes(1e9)).toBe('1.00 GB')
})

const everyValue: ReadingValues = {
  ...readyValues,
  osVersionExtra: '(a)',
  osSupplementalBuild: '23D771330a',
}

test('every field has words for its value', () => {
  for (const field of readingFieldNames) {
    const words = describeReading(field, everyValue[field])
    expect(words, field).toMatch(/\S/)
    expect(words, field).not.toMatch(/undefined|\[object/)
  }
})
