import { expect, test } from 'vitest'
import { typedValues } from './field-schema'

const seen = { cable: { text: '30', seenId: 4 }, shelf: { text: '', seenId: null } }

test('only what was typed is sent, over the row that it was typed over', () => {
  const fields = [
    { id: 'cable', text: '30', seenId: 4 },
    { id: 'shelf', text: '', seenId: null },
  ]
  expect(typedValues(fields, { texts: { cable: '30', shelf: 'B' }, seen })).toEqual([
    { fieldId: 'shelf', text: 'B', seenId: null },
  ])
})

test('a value that somebody else entered while the form was open is neither put back nor typed over', () => {
  const fields = [
    { id: 'cable', text: '45', seenId: 9 },
    { id: 'shelf', text: 'A', seenId: 10 },
  ]
  expect(typedValues(fields, { texts: { cable: '30', shelf: 'B' }, seen })).toEqual([
    { fieldId: 'shelf', text: 'B', seenId: null },
  ])
})

test('a field that was defined while the form was open is sent once something is typed', () => {
  const fields = [{ id: 'lamp', text: 'x', seenId: 7 }]
  expect(typedValues(fields, { texts: {}, seen })).toEqual([])
  expect(typedValues(fields, { texts: { lamp: 'y' }, seen })).toEqual([
    { fieldId: 'lamp', text: 'y', seenId: 7 },
  ])
})
