import { z } from 'zod'
import { jsonHeaders } from '../text-answers'

/** An answer of the API before it is a response: the web server and a route handler send the same. */
export type ApiAnswer = { status: 200 | 400 | 404; body: string }

/**
 * Gives the function that writes an answer as the schema describes it: times as text, what is not known as null, nothing more. Only
 * what the schema names is copied before it is checked, as the rows hold more than that.
 */
export function answering<S extends z.ZodType>(schema: S): (body: unknown) => ApiAnswer {
  const plainOf = copying(schema)
  return (body) => ({ status: 200, body: JSON.stringify(schema.parse(plainOf(body))) })
}

export const refuse = (status: 400 | 404, reason: string): ApiAnswer => ({
  status,
  body: JSON.stringify({ error: reason }),
})

/** The answer as a route handler gives it. */
export const responseOf = ({ status, body }: ApiAnswer): Response =>
  new Response(body, { status, headers: jsonHeaders })

type Copy = (value: unknown) => unknown

function copying(schema: unknown): Copy {
  if (schema instanceof z.ZodNullable) return copying(schema.unwrap())
  if (schema instanceof z.ZodArray) return copyingEach(copying(schema.element))
  return schema instanceof z.ZodObject ? copyingFields(schema.shape) : copyOne
}

const copyOne: Copy = (value) => (value instanceof Date ? value.toJSON() : (value ?? null))

// What is of another form than the schema says is left as it is, and the check refuses it.
const copyingEach =
  (copy: Copy): Copy =>
  (value) =>
    Array.isArray(value) ? value.map(copy) : copyOne(value)

function copyingFields(shape: Record<string, unknown>): Copy {
  const fields = Object.entries(shape).map(([name, own]) => [name, copying(own)] as const)
  return (value) => {
    if (typeof value !== 'object' || value === null) return copyOne(value)
    const plain: Record<string, unknown> = {}
    for (const [name, copy] of fields) plain[name] = copy(Reflect.get(value, name))
    return plain
  }
}
