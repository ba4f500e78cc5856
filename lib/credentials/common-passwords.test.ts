import { expect, test } from 'vitest'
import { normalForm, passwordProblem, passwordRule } from '../domain/account/password'
import { isCommonPassword } from './common-passwords'
import common from './common-passwords.json' with { type: 'json' }

test('the list has ten thousand passwords and more of the length that is taken, each as it is compared', () => {
  expect(common.length).toBeGreaterThan(10_000)
  const odd = common.filter((one) => {
    const length = [...one].length
    return normalForm(one) !== one || length < passwordRule.min || length > passwordRule.max
  })
  expect(odd).toEqual([])
})

test.each(['qwerty123456789', 'PasswordStandard', '1QAZ2wsx3edc4rfv'])('%s is refused', (one) => {
  expect(passwordProblem(one, {}, isCommonPassword)).toBeDefined()
})
