import { expect, test } from 'vitest'
import {
  maxViewName,
  paramsOf,
  readSavedQuery,
  type SavedPage,
  viewNameProblem,
} from './saved-view'

const id = '4f9f6a0e-1f0a-4e0a-9a51-0d5a2b7c3d11'

test.each<[SavedPage, Record<string, string>, string]>([
  ['outcomes', {}, ''],
  [
    'outcomes',
    { version: '11.3', environment: 'real', count: 'observation:promptShown' },
    'count=observation%3ApromptShown&environment=real&version=11.3',
  ],
  [
    'outcomes',
    { rows: 'model', interval: 'exact', by: 'version', first: '11.2', second: '12.0' },
    'by=version&first=11.2&interval=exact&rows=model&second=12.0',
  ],
  ['survival', { event: 'prompted', platform: 'iOS' }, 'event=prompted&platform=iOS'],
  ['predictions', { rows: 'model', platform: 'iOS' }, 'platform=iOS&rows=model'],
  ['flow', { protocol: id }, `protocol=${id}`],
  [
    'trials',
    { state: 'concluded', sort: 'released', direction: 'asc', cursor: 'x', text: '' },
    'direction=asc&sort=released&state=concluded',
  ],
])(
  'the filters of %s are saved in one order, without a place in the list: %j',
  (page, given, query) => {
    expect(readSavedQuery(page, given)).toEqual({ query })
    expect(readSavedQuery(page, paramsOf(query))).toEqual({ query })
  },
)

test.each<[SavedPage, Record<string, string>, string]>([
  ['outcomes', { weather: 'wet' }, 'weather'],
  ['outcomes', { state: 'concluded' }, 'state'],
  ['outcomes', { event: 'prompted' }, 'event'],
  ['outcomes', { version: 'a\u0000b' }, 'version'],
  ['outcomes', { environment: 'virtual' }, 'environment'],
  ['outcomes', { count: 'observation:weather' }, 'count'],
  ['survival', { event: 'exploded' }, 'event'],
  ['predictions', { count: 'observation:promptShown' }, 'count'],
  ['predictions', { state: 'concluded' }, 'state'],
  ['predictions', { environment: 'virtual' }, 'environment'],
  ['flow', { rows: 'model' }, 'rows'],
  ['flow', { protocol: 'gone' }, 'protocol'],
  ['trials', { sort: 'luck' }, 'sort'],
  ['trials', { count: 'observation:promptShown' }, 'count'],
])('%s does not save what its page would not read: %j', (page, given, field) => {
  const read = readSavedQuery(page, given)
  expect('problems' in read ? read.problems.map((one) => one.field) : read).toContain(field)
})

test.each(['', '   ', 'a'.repeat(maxViewName + 1), 'two\nlines', 'a\u0000b', 'turned\u202Eover'])(
  '“%s” is no name of a view',
  (name) => {
    expect(viewNameProblem(name)).toBeDefined()
  },
)

test('a name may be in any script', () => {
  for (const name of ['Prompt on 11.4', 'Über 12', '提示', 'a'.repeat(maxViewName)])
    expect(viewNameProblem(name)).toBeUndefined()
})
