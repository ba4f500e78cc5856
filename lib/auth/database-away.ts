import { type Refusal, refused } from '../core/shared/result'
import { isDatabaseAway } from '../db/errors'
import { askAgainWords, changeInDoubt } from '../domain/database-away'

/** An action whose database does not answer in time is refused in words; every other error stays one. */
export const refuseWhenAway = <R>(run: () => Promise<R | Refusal>): Promise<R | Refusal> =>
  run().catch((error: unknown) => {
    if (!isDatabaseAway(error)) throw error
    return refused(changeInDoubt)
  })

/** The same for a route: 503, in the form the route answers in. */
export const answerWhenAway = (
  say: (status: 503, reason: string) => Response,
  run: () => Promise<Response>,
): Promise<Response> =>
  run().catch((error: unknown) => {
    if (!isDatabaseAway(error)) throw error
    return say(503, askAgainWords)
  })
