import { isDeepStrictEqual } from 'node:util'
import type { Db } from '@/lib/db/client'
import {
  accessSettingsSchema,
  getLabSettings,
  type LabSettingName,
  labSettingSchemas,
  listSettingChanges,
  lockLabSettings,
  storeAccessSettings,
  storeLabSetting,
} from '@/lib/db/queries/settings'
import { transact } from '@/lib/db/transact'
import type { AccessSettings } from '@/lib/domain/account/access-settings'
import type { Actor } from '@/lib/domain/account/permissions'
import { readingFieldNames, readingFields } from '@/lib/domain/reading/reading'
import type { LabSettings } from '@/lib/domain/rules/rule'
import { defaultLabSettings, labSettingInfo } from '@/lib/domain/settings'
import { mergeEdit } from '../shared/merge-edit'
import { forbidden, type Refusal, refused } from '../shared/result'

type Result =
  | { status: 'saved'; changed: LabSettingName[] }
  // With what somebody else saved meanwhile, which the reason names; settings typed over those are taken.
  | (Refusal & { stored: LabSettings })
  | Refusal

// Object.keys returns string[]; the type of the defaults has every name.
const names = Object.keys(defaultLabSettings) as LabSettingName[]

/**
 * Stores the settings that differ from the current ones. Stored verdicts keep the settings they were judged by.
 * @param seen what was typed over: a setting that somebody else changed since is neither put back nor typed over
 */
export async function changeSettings(
  db: Db,
  actor: Actor,
  input: LabSettings,
  now: Date,
  seen?: LabSettings,
): Promise<Result> {
  const not = forbidden(actor, 'changeSettings')
  if (not) return not
  const wrong = names.find((name) => !labSettingSchemas[name].safeParse(input[name]).success)
  if (wrong) return refused(`${wrong} is not a value this setting can have.`, wrong)

  return transact(db, actor, async (tx): Promise<Result> => {
    await lockLabSettings(tx)
    const stored = await getLabSettings(tx)
    const edit = { seen: seen ?? stored, stored, typed: input }
    const { merged, overtaken } = mergeEdit(names, edit)
    if (overtaken.length > 0) return { ...(await overtakenBy(tx, overtaken, edit)), stored }
    const changed = names.filter((name) => !isDeepStrictEqual(stored[name], merged[name]))
    const by = { changedAt: now, changedBy: actor.name }
    for (const name of changed) await storeLabSetting(tx, name, merged[name], by)
    return { status: 'saved', changed }
  })
}

type Overtaken = { stored: LabSettings; typed: LabSettings }

/** Who changed what meanwhile, beside what was typed. */
async function overtakenBy(
  tx: Db,
  names: readonly LabSettingName[],
  { stored, typed }: Overtaken,
): Promise<Refusal> {
  const changes = await listSettingChanges(tx)
  const lines = names.map((name) => {
    const by = changes.find((change) => change.name === name)?.changedBy ?? 'Somebody'
    const { label, unit } = labSettingInfo[name]
    const values =
      name === 'maxAges'
        ? agesInWords(stored, typed)
        : `it is now ${stored[name] || 'empty'}, yours is ${typed[name] || 'empty'}`
    return `${by} changed “${label}” (${unit}) while you typed: ${values}.`
  })
  return refused(`${lines.join(' ')} Save once more to put yours in its place.`)
}

const agesInWords = (stored: LabSettings, typed: LabSettings): string =>
  readingFieldNames
    .filter((field) => stored.maxAges[field] !== typed.maxAges[field])
    .map(
      (field) =>
        `${readingFields[field].label} is now ${stored.maxAges[field]}, yours is ${typed.maxAges[field]}`,
    )
    .join('; ')

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
