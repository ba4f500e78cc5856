import { expect, test } from 'vitest'
import { groupFilters, readOutcomeView } from './outcome-view'

test('two groups are compared by one factor, within what the page is narrowed to', () => {
  const { view, problems } = readOutcomeView({ by: 'version', first: '11.2', second: '11.4' })
  expect(problems).toEqual([])
  expect(groupFilters({ platform: 'iOS', version: '12.0' }, view)).toEqual([
    { platform: 'iOS', version: '11.2' },
    { platform: 'iOS', version: '11.4' },
  ])
})

test('nothing is compared before both groups are chosen', () => {
  for (const params of [{}, { by: 'version' }, { by: 'version', first: '11.2' }]) {
    const { view, problems } = readOutcomeView(params)
    expect(problems).toEqual([])
    expect(groupFilters({}, view)).toBeUndefined()
  }
})

test.each([
  [{ by: 'weather', first: 'wet', second: 'dry' }, 'by', 'version, platform'],
  [{ by: 'platform', first: 'iOS', second: 'Android' }, 'second', 'iOS'],
  [{ by: 'protocol', first: 'gone', second: 'gone too' }, 'first', 'an ID'],
  [{ by: 'version', first: '11.2', second: '11.2' }, 'second', 'another group'],
  [{ interval: 'bayes' }, 'interval', 'exact'],
  [{ rows: 'weather' }, 'rows', 'version, platform'],
  [{ weather: 'wet' }, 'weather', 'battery'],
  [{ state: 'concluded' }, 'state', 'outcome'],
])('%o is reported, and nothing is compared', (params, field, accepted) => {
  const { view, problems } = readOutcomeView(params)
  expect(problems[0]).toMatchObject({ field, accepted: expect.stringContaining(accepted) })
  expect(groupFilters({}, view)).toBeUndefined()
})

test('the exact interval is asked for by the address', () => {
  expect(readOutcomeView({ interval: 'exact' })).toEqual({
    view: { interval: 'exact' },
    problems: [],
  })
  expect(readOutcomeView({ interval: ['exact', 'other'] }).view).toEqual({ interval: 'exact' })
  expect(readOutcomeView({ interval: ' ' })).toEqual({ view: {}, problems: [] })
})

test('the rows are by any factor, and by the starting version where none is named', () => {
  expect(readOutcomeView({ rows: 'battery', network: 'wifi', environment: 'real' })).toEqual({
    view: { rows: 'battery' },
    problems: [],
  })
  expect(readOutcomeView({}).view.rows).toBeUndefined()
})
