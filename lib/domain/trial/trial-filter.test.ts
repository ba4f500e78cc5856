import { expect, test } from 'vitest'
import { countFilters, readTrialFilter } from './trial-filter'

const deviceId = '4f9f6a0e-1f0a-4e0a-9a51-0d5a2b7c3d11'

test('every filter in a URL is read, and other search params are ignored', () => {
  const filter = {
    state: 'concluded',
    review: 'toReview',
    outcome: 'refused',
    version: '11.4.1',
    platform: 'iOS',
    model: 'iPad4,1',
    device: deviceId,
    protocol: deviceId,
    target: 'iOSUpdate15G77',
    passcode: 'notSet',
    from: '2026-03-02',
    to: '2026-03-31',
    text: 'T-12',
    flow: 'notAnalysed:lost',
  }
  const read = readTrialFilter({ ...filter, environment: 'real', before: '12' })
  expect(read).toEqual({ filter, problems: [] })
  expect(countFilters(read.filter)).toBe(14)
})

test.each([
  ['state', 'done'],
  ['outcome', 'success'],
  ['review', 'done'],
  ['platform', 'macOS'],
  ['device', "x' or true --"],
  ['from', '2026-02-30'],
  ['to', 'yesterday'],
  ['passcode', 'maybe'],
  ['text', 'a\nb'],
  ['flow', 'released:draft'],
])('a %s of "%s" is a problem and does not filter', (field, text) => {
  const { filter, problems } = readTrialFilter({ [field]: text })
  expect(filter).toEqual({})
  expect(problems).toMatchObject([{ field, reason: expect.stringContaining(text) }])
  expect(problems[0]?.accepted).not.toBe('')
})

test('an empty filter does not filter, and of a repeated one the first counts', () => {
  expect(readTrialFilter({ state: '', text: '  ', version: ['11.3', '11.4'] })).toEqual({
    filter: { version: '11.3' },
    problems: [],
  })
})
