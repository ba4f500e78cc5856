import { expect, test } from 'vitest'
import { readEventId, readEventParams } from './query'

test.each([
  [{}, {}],
  [
    { state: 'unreadable', before: '42' },
    { state: 'unreadable', before: 42 },
  ],
  [{ state: 'UNREADABLE' }, {}],
  [{ state: ['unmatched', 'read'] }, { state: 'unmatched' }],
  [{ before: '-1' }, {}],
  [{ before: '9'.repeat(16) }, {}],
  [{ before: "1' or true" }, {}],
])('%o is read as %o', (given, read) => {
  expect(readEventParams(given)).toEqual(read)
})

test.each([
  ['7', 7],
  ['07', 7],
  ['7.5', undefined],
  ['', undefined],
  ['9'.repeat(16), undefined],
])('the event "%s" is %s', (text, id) => {
  expect(readEventId(text)).toBe(id)
})
