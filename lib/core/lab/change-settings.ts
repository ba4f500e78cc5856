import { isDeepStrictEqual } from 'node:util'
import type { Db } from '@/lib/db/client'
import {
  getLabSettings,
  type LabSettingName,
  labSettingSchemas,
  storeLabSetting,
} from '@/lib/db/queries/settings'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/actor'
import type { LabSettings } from '@/lib/domain/rules/rule'
import { defaultLabSettings } from '@/lib/domain/settings'
import { forbidden, type Refusal, refused } from '../shared/result'

type Result = { status: 'saved'; changed: LabSettingName[] } | Refusal

// Object.keys answers string[]; the defaults are complete by their type.
const names = Object.keys(defaultLabSettings) as LabSettingName[]

/** Stores the settings that differ from those in force. Verdicts already stored keep what they were judged by. */
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
