import { expect, test } from 'vitest'
import { readNoticeParams, targetSchema } from './schema'

test('a page of the list is named by its state and place; anything else is ignored', () => {
  expect(readNoticeParams({ state: 'givenUp', before: '12' })).toEqual({
    state: 'givenUp',
    before: 12,
  })
  for (const strange of [{}, { state: 'lost', before: '-1' }, { state: ['', ''], before: '1e3' }])
    expect(readNoticeParams(strange)).toEqual({})
})

const wished = {
  ...{ name: 'Chat', url: 'https://hooks.example', topics: ['trial.lost'] },
  ...{ withSimulated: false, isOn: false },
}

test.each([
  ['name', { name: ' ' }],
  ['name', { name: 'two\nlines' }],
  ['url', { url: '' }],
  ['topics', { topics: ['trial.exploded'] }],
  ['topics', { topics: 'trial.lost' }],
  ['isOn', { isOn: 'yes' }],
  ['id', { id: 'not one' }],
])('a wrong %s is refused at its field', (field, but) => {
  const read = targetSchema.safeParse({ ...wished, ...but })
  expect(read.error?.issues[0]?.path[0]).toBe(field)
  expect(targetSchema.safeParse(wished).success).toBe(true)
})
