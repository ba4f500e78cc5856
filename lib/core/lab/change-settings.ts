import { isDeepStrictEqual } from 'node:util'
import type { Db } from '@/lib/db/client'
import {
  accessSettingsSchema,
  getLabSettings,
  type LabSettingName,
  labSettingSchemas,
  storeAccessSettings,
  storeLabSetting,
} from '@/lib/db/queries/settings'
import { transact } from '@/lib/db/transact'
import type { AccessSettings } from '@/lib/domain/account/access-settings'
import type { Actor } from '@/lib/domain/account/permissions'
import type { LabSettings } from '@/lib/domain/rules/rule'
import { defaultLabSettings } from '@/lib/domain/settings'
import { forbidden, type Refusal, refused } from '../shared/result'

type Result = { status: 'saved'; changed: LabSettingName[] } | Refusal

// Object.keys returns string[]; the type of the defaults has every name.
const names = Object.keys(defaultLabSettings) as LabSettingName[]

/** Stores the settings that differ from the current ones. Stored verdicts keep the settings they were judged by. */
export async function changeSettings(
  db: Db,
  actor: Actor,
  input: LabSettings,
  now: Date,
): Promise<Result> {
  const not = forbidden(actor, 'changeSettings')
  if (not) return not
  const wrong = names.find((name) => !labSettingSchemas[name].safeParse(input[name]).success)
  if (wrong) return refused(`${wrong} is not a value this setting can have.`, wrong)

  return transact(db, actor, async (tx): Promise<Result> => {
    const before = await getLabSettings(tx)
    const changed = names.filter((name) => !isDeepStrictEqual(before[name], input[name]))
    const by = { changedAt: now, changedBy: actor.name }
    for (const name of changed) await storeLabSetting(tx, name, input[name], by)
    return { status: 'saved', changed }
  })
}

/** Stores how long sessions last and who needs a second factor; both apply from the next request on. */
export async function changeAccessSettings(
  db: Db,
  actor: Actor,
  input: AccessSettings,
  now: Date,
): Promise<{ status: 'saved'; changed: (keyof AccessSettings)[] } | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  if (!accessSettingsSchema.safeParse(input).success)
    return refused('These settings are not valid.')
  if (input.idleHours > input.sessionHours)
    return refused('A session cannot be idle for longer than it lasts.', 'idleHours')
  const by = { changedAt: now, changedBy: actor.name }
  return transact(db, actor, async (tx) => ({
    status: 'saved',
    changed: await storeAccessSettings(tx, input, by),
  }))
}
