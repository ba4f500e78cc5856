import { expect, test } from 'vitest'
import { enrollmentIdProblem } from './enrollment'

test.each([
  'b2fcf958b581cd71c044b2cef7c80bcc25ec88e2',
  '00008020-000915083C80012E',
  '2B364B61-DDCE-437A-9381-D35C3E789D6B',
  'a'.repeat(128),
])('%s may be put into a URL', (id) => {
  expect(enrollmentIdProblem(id)).toBeUndefined()
})

test.each([
  '',
  'a,b',
  'a%2Cb',
  'a/b',
  '../pushcert',
  'a:b',
  'a?nopush=',
  'a#b',
  'a.b',
  ' a',
  'a b',
  'a\n',
  'a\u0000',
  'ä',
  'a'.repeat(129),
])('%j is never put into a URL', (id) => {
  expect(enrollmentIdProblem(id)).toMatch(/\w/)
})
