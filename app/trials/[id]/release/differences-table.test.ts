import { expect, test } from 'vitest'
import { differences, qualify } from '@/lib/domain/rules/qualify'
import { contextWith } from '@/lib/domain/testing'
import { readDifference } from './differences-table'

test('a difference is what it is about, what was seen and what is', () => {
  expect(readDifference('Battery: 90 % → 10 %')).toEqual({
    what: 'Battery',
    was: '90 %',
    is: '10 %',
  })
})

test('every difference between two verdicts can stand side by side', () => {
  const before = qualify(contextWith())
  const after = qualify(
    contextWith({ values: { batteryLevel: 0.1, externalPower: false }, stale: ['network'] }),
  )
  const sentences = differences(before, after)
  expect(sentences.length).toBeGreaterThan(3)
  for (const sentence of sentences) {
    const { what, was, is } = readDifference(sentence) ?? {}
    expect(`${what}: ${was} → ${is}`).toBe(sentence)
  }
})

test('a sentence of another form is left as it is', () => {
  expect(readDifference('something has changed')).toBeUndefined()
})
