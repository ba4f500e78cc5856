/** Properties of a database error that contain the values of the query, which may be secrets. */
const carried = ['params', 'parameters', 'args', 'query', 'body', 'headers']

/** Some errors do not allow assigning their properties, but allow redefining them. */
const hidden = (value: unknown) => ({
  value,
  enumerable: false,
  configurable: true,
  writable: true,
})

/** Drizzle ends the message of a failed query with its values (drizzle-orm/errors.js). */
const withoutValues = (text: string): string => text.replace(/\nparams: [\s\S]*$/, '')

/**
 * Removes from an error and its causes the values of database queries: a session's token, a password's hash, a sealed
 * key. Message and stack remain. Changes the error itself, because that is what gets printed. Safe for any value, and
 * for errors that are their own cause.
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

/** The stack repeats the message, which may look like lines of a stack itself. */
const stackWithout = (stack: string, values: string): string =>
  values === '' ? stack : stack.replace(values, '')
