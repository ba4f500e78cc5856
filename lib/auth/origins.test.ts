import { expect, test } from 'vitest'
import { originsOf } from './origins'

test('a lab on loopback may be opened by any of its names, with its port', () => {
  expect(originsOf('http://127.0.0.1:3000')).toEqual([
    'http://127.0.0.1:3000',
    'http://localhost:3000',
    'http://[::1]:3000',
  ])
})

test('a lab with a name of its own is opened by that name only', () => {
  expect(originsOf('https://oneway.example.org')).toEqual(['https://oneway.example.org'])
})
