import { expect, test } from 'vitest'
import { wordsFor, wordsForCode } from './sign-in'

const own = 'http://127.0.0.1:3000'

test('a wrong password does not tell whether the address is known', () => {
  expect(wordsFor({ status: 401 }, own)).toContain('email or the password')
})

test('whoever opens the lab at another address is shown the right one', () => {
  expect(wordsFor({ status: 403 }, own)).toContain(own)
})

test('after too many guesses the message says how long to wait', () => {
  expect(wordsFor({ status: 429, message: 'Try again in 12 seconds.' }, own)).toContain(
    '12 seconds',
  )
})

test('a code that was used already has another message than a wrong one', () => {
  expect(wordsForCode({ status: 401, code: 'CODE_WAS_TRIED' }, own)).toContain('next one')
  expect(wordsForCode({ status: 401, code: 'INVALID_CODE' }, own)).toContain('not the current code')
  expect(wordsForCode({ status: 401, code: 'INVALID_TWO_FACTOR_COOKIE' }, own)).toContain(
    'Start over',
  )
})
