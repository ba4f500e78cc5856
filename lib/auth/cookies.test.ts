import { expect, test } from 'vitest'
import { cookieOptions } from './cookies'

test('over HTTPS a cookie is of this host only; over plain http the prefix would lose it', () => {
  expect(cookieOptions('https://oneway.example.org')).toMatchObject({
    cookiePrefix: '__Host-oneway',
    defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: 'strict', path: '/' },
  })
  expect(cookieOptions('http://127.0.0.1:3000')).toMatchObject({
    cookiePrefix: 'oneway',
    defaultCookieAttributes: { secure: false, httpOnly: true, sameSite: 'strict', path: '/' },
  })
})
