import { expect, test } from 'vitest'
import { normalForm, passwordProblem, passwordStrength } from './password'

const ada = { name: 'Ada Lovelace', email: 'ada.lovelace@analytical.example' }
const problem = (password: string) => passwordProblem(password, ada)

test.each([
  ['correct horse battery', undefined],
  ['pferd akku klammer', undefined],
  ['🦊🐢🌵🍎🚲🎩🧵🪁🧊🍄🎷🪴🧭🛶🔔', undefined],
  ['short and sweet', undefined],
  ['fourteen signs', /15 characters or more/],
  ['a'.repeat(129), /128 characters at most/],
  ['aaaaaaaaaaaaaaaa', /repeats itself/],
  ['abcabdabcabdabcabd', /repeats itself/],
  ['hunter2hunter2hunter2', /repeats itself/],
  ['abcdefghijklmnop', /follows a sequence/],
  ['lovelace-ada-lovelace', /“lovelace”/],
  ['Oneway-analytical-1', /“analytical”/],
] as const)('%s: %s', (password, reason) => {
  if (reason === undefined) expect(problem(password)).toBeUndefined()
  else expect(problem(password)).toMatch(reason)
})

test('sixty-four characters and more are accepted, and no mix of characters is required (ASVS 6.2.5, 6.2.9)', () => {
  expect(
    problem('only small letters and blanks, and sixty-four of them or some more of them'),
  ).toBe(undefined)
})

test('a common password is refused in any letter case and any Unicode form', () => {
  const isCommon = (normal: string) => normal === 'iloveyou forever'
  expect(passwordProblem('ILoveYou ＦＯＲＥＶＥＲ', ada, isCommon)).toMatch(/Many people/)
})

test('equivalent letters in another Unicode form are the same password', () => {
  expect(normalForm('ﬁne Zoe\u0308')).toBe(normalForm('fine Zoë'))
})

test('only an acceptable password has a strength', () => {
  expect(passwordStrength('short', ada)).toBeUndefined()
  expect(passwordStrength('correct horse b', ada)).toBe('Good')
  expect(passwordStrength('correct horse battery staple', ada)).toBe('Very strong')
})
