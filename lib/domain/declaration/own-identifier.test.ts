import { expect, test } from 'vitest'
import { ownIdentifier, shortIdentifiers } from './own-identifier'

const uuid = '0f8b7a52-6d1c-4f7e-9a3b-2c4d5e6f7a8b'

test('in a text, this form of identifiers is shortened to what tells two of them apart, and nothing else is', () => {
  const text = `asked for ${ownIdentifier(uuid, 'enforce')} (of this lab), not for com.acme.${uuid}.x`
  expect(shortIdentifiers(text)).toBe(
    `asked for lab…0f8b7a52.enforce (of this lab), not for com.acme.${uuid}.x`,
  )
  expect(shortIdentifiers(ownIdentifier(uuid, 'activate-subscription'))).toBe(
    'lab…0f8b7a52.activate-subscription',
  )
})
