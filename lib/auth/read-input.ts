import { z } from 'zod'
import { type Refusal, refused } from '../core/shared/result'
import { textProblem } from '../domain/text/typed-text'

/** For actions without input; whatever is sent with them is ignored. */
export const noInput = z.unknown().transform(() => undefined)

export type Input<S extends z.ZodType> = { status: 'read'; input: z.output<S> } | Refusal

/**
 * The input of an action, parsed by its schema, or a refusal that names the field and the accepted form. Any client
 * can call an action with anything, so bad input is a refusal and never an error.
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

/** The accepted form in plain words, for schemas without a message of their own. */
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
 * The first text anywhere in the input that the database cannot store, so that a schema which does not check it ends
 * in a refusal and not in a database error. Without recursion, as the client decides how deep the input is nested.
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
    // In reverse, as the last one pushed is checked first: of two problems that of the first field is reported.
    for (const [name, part] of entriesOf(value).reverse())
      open.push({ value: part, field: field === '' ? name : `${field}.${name}` })
  }
  return undefined
}

const entriesOf = (value: object): [string, unknown][] =>
  value instanceof FormData ? [...value.entries()] : Object.entries(value)
