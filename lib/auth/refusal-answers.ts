import { countAction } from '../core/shared/action-limits'
import { type Refusal, refused } from '../core/shared/result'
import type { Db } from '../db/client'
import { isDatabaseAway } from '../db/errors'
import type { Actor } from '../domain/account/permissions'
import { askAgainWords, changeInDoubt } from '../domain/database-away'
import { jsonHeaders, textAnswer } from '../text-answers'

/** Turns a database that does not answer in time into a refusal of the action; other errors stay thrown. */
export const refuseWhenAway = <R>(run: () => Promise<R | Refusal>): Promise<R | Refusal> =>
  run().catch((error: unknown) => {
    if (!isDatabaseAway(error)) throw error
    return refused(changeInDoubt)
  })

/** The same for a route: 503, in the form in which the route answers. */
export const answerWhenAway = (
  say: (status: 503, reason: string) => Response,
  run: () => Promise<Response>,
): Promise<Response> =>
  run().catch((error: unknown) => {
    if (!isDatabaseAway(error)) throw error
    return say(503, askAgainWords)
  })

/** Counts one export of this person. Gives the answer 429 if there were too many in the last minute. */
export async function exportLimitAnswer({
  db,
  actor,
}: {
  db: Db
  actor: Actor
}): Promise<Response | undefined> {
  const wait = await countAction(db, actor, 'export', new Date())
  if (!wait) return undefined
  return textAnswer(429, wait.reason, { 'retry-after': String(wait.waitSeconds) })
}

/** The headers of a refusal to a program. */
export const refusalHeaders = (status: number, waitSeconds?: number): Record<string, string> => ({
  ...jsonHeaders,
  ...(status === 401 && { 'www-authenticate': 'Bearer realm="Oneway"' }),
  ...(waitSeconds !== undefined && { 'retry-after': String(waitSeconds) }),
})

/** A refusal to a program. */
export const jsonRefusal = (status: number, reason: string, waitSeconds?: number): Response =>
  Response.json({ error: reason }, { status, headers: refusalHeaders(status, waitSeconds) })
