import { z } from 'zod'
import { withoutAnswer } from '../server-call'
import { type HttpAnswer, noAnswerIn, type TransportFailure } from '../settle'
import type { NotRead } from './declaration-server'

export type Answer = HttpAnswer | TransportFailure

const apiError = z.object({ error: z.string() })

/** What the server says is wrong, if the body is one of its errors. */
export function errorIn(body: string): string | undefined {
  try {
    const error = apiError.safeParse(JSON.parse(body)).data?.error
    return error === undefined ? undefined : storable(error).slice(0, maxName)
  } catch {
    return undefined
  }
}

/** The text of Go's router for a path that it does not have: https://pkg.go.dev/net/http#NotFound */
const noSuchPath = '404 page not found\n'

/** Whether an answer says that there is no such path, and so no such API, at this address. */
const hasNoApi = ({ httpStatus, body }: HttpAnswer): boolean =>
  httpStatus === 404 && body === noSuchPath

/** Why an answer is none of the API, in words; `name` is that of the program. */
export function notOfApi(name: string, answer: HttpAnswer): string {
  const { httpStatus, location } = answer
  if (httpStatus === 401) return 'the API key is refused (401)'
  if (hasNoApi(answer))
    return `there is no API of ${name} at this address (404); without its API key as a flag it has none`
  if (location !== undefined)
    return `it redirects to ${location} (${httpStatus}), which is not followed`
  const error = errorIn(answer.body)
  if (error !== undefined) return `it failed (${httpStatus}): ${error}`
  return `the answer (${httpStatus}) is not one of ${name}'s API`
}

/** Far above every name that was seen; a list with a longer one is no list of the API. */
const maxName = 1000

/** JSON can spell what is no text of PostgreSQL, and what no path can name: the record of a request must not fail on it. */
const storable = (text: string): string => text.replaceAll(/[\0\p{Cs}]/gu, '\uFFFD')

/** A list of names: an empty one is `null`, for one that nobody knows as for one that was emptied. */
const names = z
  .array(z.string().max(maxName).transform(storable))
  .nullable()
  .transform((list) => list ?? [])

/** The names in a list that was asked for, or why they are not known. */
export function namesIn(name: string, answer: Answer): { ok: true; names: string[] } | NotRead {
  if ('failed' in answer)
    return { ok: false, reason: withoutAnswer(answer, name), ...noAnswerIn(answer) }
  const reason = notOfApi(name, answer)
  if (answer.httpStatus !== 200) return { ok: false, reason }
  try {
    const read = names.safeParse(JSON.parse(answer.body))
    if (read.success) return { ok: true, names: read.data }
  } catch {
    // Falls through: a page of a proxy, which is no JSON, is like JSON of another shape.
  }
  return { ok: false, reason }
}
