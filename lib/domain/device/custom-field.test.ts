import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { type FieldDraft, type FieldForm, fieldDraftProblems, readFieldValue } from './custom-field'

const draft: FieldDraft = {
  ...{ name: 'Cable length', type: 'text', unit: '', options: '', help: '' },
  ...{ required: false, inStartingState: false },
}
const field = (but: Partial<FieldForm> = {}): FieldForm => ({
  ...{ id: 'f', name: 'Field', type: 'text', unit: '', options: [] },
  ...but,
})

test.each<[Partial<FieldDraft>, string[]]>([
  [{}, []],
  [{ type: 'number', unit: 'cm' }, []],
  [{ type: 'choice', options: 'red\n\n green ' }, []],
  [{ name: '  ' }, ['name']],
  [{ name: 'x'.repeat(61) }, ['name']],
  [{ name: 'a\u202eb' }, ['name']],
  [{ name: '—' }, ['name']],
  // What every device has, however it is written.
  [{ name: 'serial' }, ['name']],
  [{ name: 'Lab-Tag' }, ['name']],
  [{ name: 'battery' }, ['name']],
  [{ unit: 'cm' }, ['unit']],
  [{ type: 'number', unit: '10 cm' }, ['unit']],
  [{ options: 'red' }, ['options']],
  [{ type: 'choice', options: 'red' }, ['options']],
  [{ type: 'choice', options: 'red\nRed' }, ['options']],
  [{ help: 'x'.repeat(301) }, ['help']],
])('%j is refused at %j', (but, fields) => {
  expect(fieldDraftProblems({ ...draft, ...but }).map((one) => one.field)).toEqual(fields)
})

test.each<[Partial<FieldForm>, string, string | undefined]>([
  [{}, ' a note ', 'a note'],
  [{}, 'two\nlines', undefined],
  [{}, 'x'.repeat(201), undefined],
  [{ type: 'number' }, '012,50', '12.5'],
  [{ type: 'number' }, '-0', '0'],
  [{ type: 'number', unit: 'cm' }, '30 CM', '30'],
  [{ type: 'number' }, '30 cm', undefined],
  [{ type: 'number' }, '1e3', undefined],
  [{ type: 'number' }, '1234567890', undefined],
  [{ type: 'date' }, '2026-02-28', '2026-02-28'],
  [{ type: 'date' }, '2026-02-29', undefined],
  [{ type: 'date' }, '28.2.2026', undefined],
  [{ type: 'yesNo' }, 'Yes', 'yes'],
  [{ type: 'yesNo' }, '0', 'no'],
  [{ type: 'yesNo' }, 'maybe', undefined],
  [{ type: 'choice', options: ['Red', 'Green'] }, 'green', 'Green'],
  [{ type: 'choice', options: ['Red', 'Green'] }, 'blue', undefined],
])('%j reads %j as %j', (but, text, value) => {
  const read = readFieldValue(field(but), text)
  if (value === undefined)
    expect(read).toMatchObject({ status: 'refused', accepted: expect.stringMatching(/./) })
  else expect(read).toEqual({ status: 'value', value })
})

test('what is kept reads as itself, whatever was typed', () => {
  const forms = [
    field(),
    field({ type: 'number', unit: 'cm' }),
    field({ type: 'date' }),
    field({ type: 'yesNo' }),
    field({ type: 'choice', options: ['Red', 'Green'] }),
  ]
  const typed = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true }).map((value) => value.toFixed(3)),
    fc.date({ noInvalidDate: true }).map((day) => day.toISOString().slice(0, 10)),
    fc.constantFrom('yes', 'NO', 'red', 'Green'),
  )
  fc.assert(
    fc.property(fc.constantFrom(...forms), typed, (form, text) => {
      const read = readFieldValue(form, text)
      if (read.status === 'value') expect(readFieldValue(form, read.value)).toEqual(read)
    }),
  )
})
