import type { Db } from '@/lib/db/client'
import { accessSettingsSchema, storeAccessSettings } from '@/lib/db/queries/settings'
import { transact } from '@/lib/db/transact'
import type { AccessSettings } from '@/lib/domain/account/access-settings'
import type { Actor } from '@/lib/domain/account/actor'
import { forbidden, type Refusal, refused } from '../shared/result'

/** Stores how long sessions last and who needs a second factor; both count from the next request on. */
export async function changeAccessSettings(
  db: Db,
  actor: Actor,
  input: AccessSettings,
  now: Date,
): Promise<{ status: 'saved'; changed: (keyof AccessSettings)[] } | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  if (!accessSettingsSchema.safeParse(input).success)
    return refused('These settings are not ones a lab can have.')
  if (input.idleHours > input.sessionHours)
    return refused('A session cannot be idle for longer than it lasts.', 'idleHours')
  const by = { changedAt: now, changedBy: actor.name }
  return transact(db, actor, async (tx) => ({
    status: 'saved',
    changed: await storeAccessSettings(tx, input, by),
  }))
}
