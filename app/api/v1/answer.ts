import type { z } from 'zod'

const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** The rows as the schema describes them: times as text, what is not known as null, nothing more. */
export function answerWith<S extends z.ZodType>(schema: S, body: unknown): Response {
  const plain: unknown = JSON.parse(JSON.stringify(body, orNull))
  return Response.json(schema.parse(plain), { headers })
}

const orNull = (_name: string, value: unknown) => (value === undefined ? null : value)

export const refuse = (status: 400 | 404, reason: string): Response =>
  Response.json({ error: reason }, { status, headers })
