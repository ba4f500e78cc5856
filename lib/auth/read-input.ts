import { z } from 'zod'
import { type Refusal, refused } from '../core/shared/result'
import { textProblem } from '../domain/text/typed-text'

/** For actions that are told nothing; whatever is sent with them all the same is not looked at. */
export const noInput = z.unknown().transform(() => undefined)

export type Input<S extends z.ZodType> = { status: 'read'; input: z.output<S> } | Refusal

/**
 * What somebody has sent to an action, in the form it is to have, or a refusal that names the field and
 * the form. Any client can call an action with anything, so nothing of it may be taken for a bug of ours.
 */
export function readInput<S extends z.ZodType>(schema: S, given: unknown): Input<S> {
  const unkept = findUnkeptText(given)
  if (unkept) return refused(unkept.reason, unkept.field.slice(0, 200) || undefined)
  const read = schema.safeParse(given, { error: wordsOf })
  if (read.success) return { status: 'read', input: read.data }
  const [first] = read.error.issues
  return refused(first?.message ?? 'This cannot be read.', first?.path.join('.') || undefined)
}

const typeWords: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'yes or no',
  array: 'a list',
  date: 'a date and a time',
  undefined: 'nothing',
}

/** Plain words where a schema has none of its own; they tell the form that is accepted. */
function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.path?.length === 0) return 'What was sent has not the form this takes.'
      if (issue.input === undefined) return `Missing. Accepted: ${typeOf(issue.expected)}.`
      return `Accepted: ${typeOf(issue.expected)}.`
    case 'invalid_value':
      return `Accepted: ${issue.values.map((value) => `"${String(value)}"`).join(', ')}.`
    case 'too_big':
      return `Accepted: at most ${issue.maximum}${unitOf(issue.origin)}.`
    case 'too_small':
      return `Accepted: at least ${issue.minimum}${unitOf(issue.origin)}.`
    case 'invalid_format':
      return issue.format === 'uuid' ? 'Accepted: an ID as Oneway gives them.' : undefined
    case 'unrecognized_keys':
      return `Not known here: ${issue.keys.map((key) => `"${key.slice(0, 40)}"`).join(', ')}.`.slice(
        0,
        300,
      )
    default:
      return undefined
  }
}

const typeOf = (expected: string) => typeWords[expected] ?? 'another form'
const unitOf = (origin: string) =>
  ({ string: ' characters', array: ' entries', file: ' bytes' })[origin] ?? ''

/**
 * The first text that cannot be kept, wherever it stands: a schema that forgot to ask would end in an
 * error of the database. Without recursion, as whoever sends says how deep it is.
 */
function findUnkeptText(given: unknown): { field: string; reason: string } | undefined {
  const seen = new Set<object>()
  const open: { value: unknown; field: string }[] = [{ value: given, field: '' }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, field } = next
    const reason = typeof value === 'string' ? textProblem(value) : undefined
    if (reason) return { field, reason }
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    // The last one is looked at first, so that the first field's problem is told where two have one.
    for (const [name, part] of entriesOf(value).reverse())
      open.push({ value: part, field: field === '' ? name : `${field}.${name}` })
  }
  return undefined
}

const entriesOf = (value: object): [string, unknown][] =>
  value instanceof FormData ? [...value.entries()] : Object.entries(value)
