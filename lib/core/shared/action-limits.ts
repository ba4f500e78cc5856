import type { Db } from '@/lib/db/client'
import { type RateLimit, takeTurn } from '@/lib/db/queries/people/rate-limits'
import { type Actor, systemActor } from '@/lib/domain/account/actor'
import { type Refusal, refused } from './result'

const minute = 60_000

type Limited = { limit: RateLimit; words: string }

/**
 * What one person may do how often (ASVS 5.0 2.4.1): far above what a hand at the bench does, and far
 * below what a script in somebody's browser could. A window never grows, so that nobody waits longer
 * than it lasts, and each person has turns of their own, so that nobody makes another one wait.
 */
export const actionLimits = {
  export: { limit: { max: 20, windowMs: minute }, words: '20 exports in a minute' },
  askDevice: { limit: { max: 60, windowMs: minute }, words: '60 questions to devices in a minute' },
  rereadEvents: {
    limit: { max: 60, windowMs: minute },
    words: '60 events reprocessed in a minute',
  },
  askPasskey: {
    limit: { max: 30, windowMs: minute },
    words: '30 questions to a passkey in a minute',
  },
} as const satisfies Record<string, Limited>

export type LimitReached = Refusal & { waitSeconds: number }

/** Takes one turn of this person; undefined where there was one, else when the next comes. */
export async function countAction(
  db: Db,
  actor: Actor,
  deed: keyof typeof actionLimits,
  now: Date,
): Promise<LimitReached | undefined> {
  // The program's own timers have schedules of their own.
  if (actor.id === systemActor.id) return undefined
  const { limit, words } = actionLimits[deed]
  const turn = await takeTurn(db, `${deed}:${actor.id}`, limit, now)
  if (turn.status === 'taken') return undefined
  const { seconds } = turn
  const again = seconds === 1 ? 'one second' : `${seconds} seconds`
  return { ...refused(`You have had ${words}. Try again in ${again}.`), waitSeconds: seconds }
}
