import type { Db } from '@/lib/db/client'
import { countAttempt, type RateLimit } from '@/lib/db/queries/people/rate-limits'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import { type Refusal, refused } from './result'

const minute = 60_000

type Limited = { limit: RateLimit; words: string }

/**
 * How often one person may do something (ASVS 5.0 2.4.1): far more often than anybody does by hand, and far less
 * often than a script in a browser could. The window has a fixed length, so that nobody waits longer than that, and
 * each person is counted separately, so that nobody makes another person wait.
 */
export const actionLimits = {
  export: { limit: { max: 20, windowMs: minute }, words: '20 exports in a minute' },
  askDevice: { limit: { max: 60, windowMs: minute }, words: '60 queries to devices in a minute' },
  attach: { limit: { max: 60, windowMs: minute }, words: '60 files attached in a minute' },
  rereadEvents: {
    limit: { max: 60, windowMs: minute },
    words: '60 events reprocessed in a minute',
  },
  testNotice: { limit: { max: 10, windowMs: minute }, words: '10 test notices in a minute' },
  askPasskey: {
    limit: { max: 30, windowMs: minute },
    words: '30 passkey requests in a minute',
  },
} as const satisfies Record<string, Limited>

export type LimitReached = Refusal & { waitSeconds: number }

/** Counts one action of this person against its limit; undefined if it is allowed, otherwise when to try again. */
export async function countAction(
  db: Db,
  actor: Actor,
  action: keyof typeof actionLimits,
  now: Date,
): Promise<LimitReached | undefined> {
  // The program's own timers are limited by their schedules.
  if (actor.id === systemActor.id) return undefined
  const { limit, words } = actionLimits[action]
  const attempt = await countAttempt(db, `${action}:${actor.id}`, limit, now)
  if (attempt.status === 'counted') return undefined
  const { seconds } = attempt
  const again = seconds === 1 ? 'one second' : `${seconds} seconds`
  return { ...refused(`You have had ${words}. Try again in ${again}.`), waitSeconds: seconds }
}
