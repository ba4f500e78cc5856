import { expect, test } from 'vitest'
import type { PlistReading, PlistValue } from '@/lib/mdm/plist/value'
import { dict, list, real, text, truth, whole } from './hostile-case'
import { compare } from './judge'
import { mutant } from './mutate'
import { listPayloads } from './payloads'
import { type Typed, typed } from './typed'

const read = (value: PlistValue, ...paths: string[]): PlistReading => ({
  ok: true,
  value,
  oddities: paths.map((path) => ({ path, note: 'odd' })),
})

test.each<[string, PlistValue, Typed]>([
  ['F24: an integer where plistlib has a boolean', whole(1), ['boolean', true]],
  ['an integer where plistlib has a real', whole(1), typed(real(1))],
  ['a rounded integer', whole(9007199254740992), ['integer', '9007199254740993']],
  ['minus zero where plistlib has zero', real(-0), typed(real(0))],
  ['a cut text', text('Sta'), ['string', 'Status']],
  ['a lost item', list(truth(true)), typed(list(truth(true), truth(true)))],
  ['another key', dict(['a', truth(true)]), typed(dict(['b', truth(true)]))],
  ['another value deep inside', list(dict(['a', whole(1)])), typed(list(dict(['a', whole(2)])))],
  ['an unknown real that is not flagged', real(undefined), typed(real(undefined))],
])('the comparison finds %s', (_, ours, theirs) => {
  expect(compare(read(ours), { value: theirs })).toEqual({ differs: expect.stringMatching(/\w/) })
})

test('a plist that we read and plistlib refuses is a difference', () => {
  expect(compare(read(whole(1)), { refused: 'ValueError' })).toMatchObject({
    differs: expect.stringContaining('ValueError'),
  })
})

test('equal values, flagged unknown values and refusals are no difference', () => {
  expect(compare(read(whole(1)), { value: ['integer', '1'] })).toBe('same')
  expect(compare(read(real(undefined), ''), { value: typed(real(undefined)) })).toBe('same')
  expect(compare({ ok: false, reason: 'x' }, { refused: 'y' })).toBe('unreadable')
  expect(compare({ ok: false, reason: 'x' }, { value: ['integer', '1'] })).toBe('stricter')
})

test('a seed and an index always give the same mutation', () => {
  const payloads = listPayloads()
  for (let index = 0; index < 20; index += 1)
    expect(mutant(payloads, 7, index)).toEqual(mutant(payloads, 7, index))
  expect(mutant(payloads, 7, 2)).not.toEqual(mutant(payloads, 8, 2))
})
