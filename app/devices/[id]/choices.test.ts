import { expect, test } from 'vitest'
import { readTyped, typeableFields } from '@/lib/domain/reading/typed-reading'
import { choicesOf } from './choices'

test('every word a field can be chosen from is understood', () => {
  for (const field of typeableFields)
    for (const word of choicesOf(field) ?? [])
      expect(readTyped(field, word).status, `${field} ${word}`).not.toBe('refused')
})
