import { expect, test } from 'vitest'
import { familyShown, hasVersion, readReleaseFilter } from './release-filter'

test('what the address asks for is read, and the environment is no filter', () => {
  const given = { family: 'tvOS', class: 'Apple TV', standing: 'ended', environment: 'real' }
  expect(readReleaseFilter({ ...given, model: 'AppleTV14,1', version: '26.' })).toEqual({
    filter: {
      ...{ family: 'tvOS', class: 'Apple TV', standing: 'ended' },
      ...{ model: 'AppleTV14,1', version: '26.' },
    },
    problems: [],
  })
})

test.each([
  [{ family: 'iPhoneOS' }, 'family is “iPhoneOS”', 'iOS, tvOS'],
  [{ class: 'Phone' }, 'class is “Phone”', 'iPhone, iPad'],
  [{ standing: 'expired' }, 'standing is “expired”', 'listed, ended, unclear'],
  [{ version: '26.3.1 (a)' }, 'version is “26.3.1 (a)”', 'the beginning of a version'],
  [{ model: '<b>' }, 'model is “<b>”', 'a model identifier'],
  [{ colour: 'red' }, 'There is no filter “colour”', 'family, class'],
  [{ family: ['x', 'iOS'] }, 'family is “x”', 'iOS, tvOS'],
])('%o is named with what is accepted', (given, reason, accepted) => {
  expect(readReleaseFilter(given).problems).toMatchObject([
    { reason, accepted: expect.stringContaining(accepted) },
  ])
})

test('the system shown is the one asked for, else that of the model, else iOS', () => {
  expect(familyShown({})).toBe('iOS')
  expect(familyShown({ model: 'AppleTV14,1' })).toBe('tvOS')
  expect(familyShown({ family: 'macOS', model: 'AppleTV14,1' })).toBe('macOS')
})

test.each([
  ['26.5.2', '26', true],
  ['26.5.2', '26.5', true],
  ['26.5.2', '26.', true],
  ['26.5.2', '2', false],
  ['26.3.1 (a)', '26.3.1', true],
  ['26.5.2', undefined, true],
])('%s begins with %s: %s', (version, wanted, is) => expect(hasVersion(version, wanted)).toBe(is))
