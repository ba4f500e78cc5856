import { expect, test } from 'vitest'
import { isBuild } from './os-build'

test.each(['15G77', '14E8300', '20A242a', '23D771330a', '1A543a', '23G6083'])(
  '%s is a build',
  (text) => {
    expect(isBuild(text)).toBe(true)
  },
)

test.each([
  '',
  '15g77',
  '15G',
  '115G77',
  '15G77A',
  '15G77ab',
  'G77',
  '12.5.5',
  ' 15G77',
  '15G77\n',
  '15G12345678',
])('%j is none', (text) => {
  expect(isBuild(text)).toBe(false)
})
