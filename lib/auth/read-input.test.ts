import { expect, test } from 'vitest'
import { z } from 'zod'
import { noInput, readInput } from './read-input'

const schema = z.object({
  name: z.string().min(2).max(5),
  role: z.enum(['viewer', 'lead']),
  age: z.number().optional(),
})
const right = { name: 'Ada', role: 'lead' }

test('what has the form is read, without fields that are not in it', () => {
  expect(readInput(schema, { ...right, isAdmin: true })).toEqual({ status: 'read', input: right })
  expect(readInput(noInput, { anything: '\u0000'.slice(1) })).toMatchObject({ status: 'read' })
})

test.each([
  [{ ...right, name: 'x' }, 'name', 'Accepted: at least 2 characters.'],
  [{ ...right, name: 'Augusta' }, 'name', 'Accepted: at most 5 characters.'],
  [{ ...right, name: 7 }, 'name', 'Accepted: a text.'],
  [{ role: 'lead' }, 'name', 'Missing. Accepted: a text.'],
  [{ ...right, role: 'root' }, 'role', 'Accepted: "viewer", "lead".'],
  [{ ...right, age: '7' }, 'age', 'Accepted: a number.'],
])('the refusal of %o names the field and the accepted form', (given, field, reason) => {
  expect(readInput(schema, given)).toEqual({ status: 'refused', field, reason })
})

test.each([undefined, null, 'x', 7, [], new Map(), () => 1])('%o is refused', (given) => {
  expect(readInput(schema, given)).toMatchObject({ status: 'refused' })
})

test('F36 text that cannot be kept is refused wherever it stands, whatever the schema asks', () => {
  const loose = z.looseObject({})
  const form = new FormData()
  form.set('note', 'a\u0000')
  expect(readInput(loose, { steps: [{ doThis: 'a' }, { doThis: '\ud800' }] })).toMatchObject({
    status: 'refused',
    field: 'steps.1.doThis',
    reason: expect.stringContaining('U+D800'),
  })
  expect(readInput(z.instanceof(FormData), form)).toMatchObject({ field: 'note' })
})

test('F48 input that goes round in circles or 100,000 deep is read to its end', () => {
  const round: Record<string, unknown> = {}
  round.self = round
  let deep: unknown = '\ud800'
  for (let level = 0; level < 100_000; level++) deep = [deep]
  expect(readInput(z.unknown(), round)).toMatchObject({ status: 'read' })
  expect(readInput(z.unknown(), { deep })).toMatchObject({ status: 'refused' })
})
