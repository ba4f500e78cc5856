import { expect, test } from 'vitest'
import { byValue, factorNames, factors, labelOfValue, readActions } from './factors'
import { readTrialFilter, trialFilterFields } from './trial-filter'

test('each factor is a filter with the same name, and reads each of its listed values', () => {
  for (const name of factorNames) {
    expect(trialFilterFields).toContain(name)
    const { values = {} } = factors[name] as { values?: Record<string, string> }
    for (const value of Object.keys(values))
      expect(readTrialFilter({ [name]: value })).toEqual({
        filter: { [name]: value },
        problems: [],
      })
  }
})

test.each([
  ['power', 'on'],
  ['battery', '55'],
  ['network', 'bluetooth'],
  ['hour', '25'],
  ['treatment', 'first'],
  ['mechanism', 'profile'],
  ['action', 'declaration'],
  ['action', 'none,Default'],
  ['action', 'Default,Erase'],
  ['action', 'Default, InstallASAP'],
])('a value of %s that it does not have ("%s") is reported with those it has', (name, value) => {
  const { filter, problems } = readTrialFilter({ [name]: value })
  expect(filter).toEqual({})
  expect(problems).toMatchObject([{ field: name, reason: expect.stringContaining(value) }])
})

test('values are in their listed order, versions by number, and what is unknown comes last', () => {
  const sorted = (name: (typeof factorNames)[number], values: string[]) =>
    values.toSorted(byValue(name))
  expect(sorted('version', ['11.10', 'unknown', '9.3', 'x', '11.4'])).toEqual([
    '9.3',
    '11.4',
    '11.10',
    'x',
    'unknown',
  ])
  expect(sorted('battery', ['unknown', 'from80', 'under20', 'notApplicable', 'from50'])).toEqual([
    'under20',
    'from50',
    'from80',
    'notApplicable',
    'unknown',
  ])
})

test('a value has a name for people', () => {
  expect(labelOfValue('action', 'DownloadOnly,InstallASAP')).toBe('DownloadOnly, then InstallASAP')
  expect(labelOfValue('model', 'unknown')).toBe('Model unknown')
  expect(labelOfValue('protocol', 'p1', [{ value: 'p1', label: 'Twice' }])).toBe('Twice')
  expect(labelOfValue('hour', 'from06')).toBe('06:00 to 11:59 UTC')
  expect(readActions('Default,Default')).toBe('Default,Default')
  expect(readActions('')).toBeUndefined()
  expect(labelOfValue('action', 'none')).toBe('No install action')
  expect(labelOfValue('mechanism', 'both')).toBe('Declaration and command')
})
