import { expect, test } from 'vitest'
import { describeError, findErrorMeaning } from './errors'

const update = 'com.apple.softwareupdateservices.errors'

test.each([
  ['MCMDMErrorDomain', 12048, 'nothingToDo'],
  ['MCMDMErrorDomain', 12051, 'stateReached'],
  ['MCMDMErrorDomain', 12052, 'stateReached'],
  ['MCMDMErrorDomain', 12058, 'stateReached'],
  ['MCMDMErrorDomain', 12060, 'failure'],
  ['MCMDMErrorDomain', 12021, 'refusal'],
  ['MCMDMErrorDomain', 12077, 'refusal'],
  ['DeviceManagement.error', 2200, 'stateReached'],
  ['DeviceManagement.error', 2213, 'nothingToDo'],
  ['MCChaperoneErrorDomain', 29000, 'refusal'],
  ['MDMClientError', 74, 'refusal'],
  [update, 3, 'nothingToDo'],
  [update, 6, 'failure'],
  [update, 103, 'refusal'],
] as const)('%s %i is a %s, with its citation', (domain, code, kind) => {
  expect(findErrorMeaning(domain, code)).toMatchObject({
    class: kind,
    cite: expect.stringMatching(/^https:\/\//),
  })
})

test('the two tables of update outcomes agree, code for code', () => {
  for (const [mcmdm, dm] of [
    [12048, 2213],
    [12056, 2203],
    [12062, 2208],
  ] as const) {
    const documented = findErrorMeaning('MCMDMErrorDomain', mcmdm)
    const other = findErrorMeaning('DeviceManagement.error', dm)
    expect(other?.meaning).toBe(documented?.meaning)
    expect(other?.class).toBe(documented?.class)
  }
})

test('only 2213 of its domain is founded on what a device said', () => {
  expect(findErrorMeaning('DeviceManagement.error', 2213)?.basis).toBe('sample')
  expect(findErrorMeaning('DeviceManagement.error', 2200)?.basis).toBe('secondary')
})

test('a chain takes the class of its topmost known error, and names every item', () => {
  const described = describeError([
    { domain: 'Unheard.of', code: 1, text: 'Something.' },
    { domain: 'DeviceManagement.error', code: 2213 },
    { domain: update, code: 6 },
    {},
  ])
  expect(described.class).toBe('nothingToDo')
  expect(described.text).toBe(
    `Unheard.of 1: Something. ← DeviceManagement.error 2213: no update is available ← ${update} 6: not enough free space ← no domain without a code: meaning not known`,
  )
  expect(described.cites).toHaveLength(2)
})

test('an empty chain and unknown codes have no class', () => {
  expect(describeError([])).toEqual({ text: 'no ErrorChain', cites: [] })
  expect(describeError([{ domain: 'constructor', code: 1 }]).class).toBeUndefined()
})
