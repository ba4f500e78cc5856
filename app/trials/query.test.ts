import { expect, test } from 'vitest'
import { readTrialPlace } from './query'

test('the place of a list is read beside its filters', () => {
  const given = {
    sort: 'released',
    direction: ['asc', 'desc'],
    state: 'armed',
    environment: 'real',
  }
  expect(readTrialPlace(given)).toEqual({
    place: { sort: 'released', direction: 'asc' },
    problems: [],
  })
})

test.each([
  ['sort', 'colour', '“colour” is not valid for sort'],
  ['direction', 'up', '“up” is not valid for direction'],
  ['cursor', 'x'.repeat(601), `“${'x'.repeat(60)}” is not valid for cursor`],
  ['stat', 'armed', '“stat” is not a filter of this page'],
])('%s of %s is reported and left out', (field, text, reason) => {
  const { place, problems } = readTrialPlace({ [field]: text })
  expect(place).toEqual({})
  expect(problems).toMatchObject([{ field, reason }])
})
