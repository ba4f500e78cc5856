/** What an error of the database carries beside its words: the values of the query, secrets among them. */
const carried = ['params', 'parameters', 'args', 'query', 'body', 'headers']

/** Some errors keep their words from being assigned to, but let them be defined anew. */
const hidden = (value: unknown) => ({
  value,
  enumerable: false,
  configurable: true,
  writable: true,
})

/** Drizzle ends the message of a failed query with its values (drizzle-orm/errors.js). */
const withoutValues = (text: string): string => text.replace(/\nparams: [\s\S]*$/, '')

/**
 * Takes out of an error, and of what caused it, the values that were on their way to the database: a
 * session's token, a password's hash, a sealed key. Its words and where it happened stay. Changes the
 * error itself, as that is what gets printed; safe on any value and on errors that cause themselves.
 */
export function scrubError<T>(error: T, seen = new Set<unknown>()): T {
  if (!(error instanceof Error) || seen.has(error)) return error
  seen.add(error)
  const values = valuesOf(error.message)
  if (values !== '') {
    const stack = stackWithout(error.stack ?? '', values)
    Reflect.defineProperty(error, 'message', hidden(withoutValues(error.message)))
    Reflect.defineProperty(error, 'stack', hidden(stack))
  }
  for (const name of carried)
    if (Object.hasOwn(error, name)) Reflect.defineProperty(error, name, hidden(undefined))
  scrubError(error.cause, seen)
  if (error instanceof AggregateError) for (const one of error.errors) scrubError(one, seen)
  return error
}

const valuesOf = (message: string): string => {
  const at = message.indexOf('\nparams: ')
  return at === -1 ? '' : message.slice(at)
}

/** The stack repeats the message, which may itself look like lines of a stack. */
const stackWithout = (stack: string, values: string): string =>
  values === '' ? stack : stack.replace(values, '')
