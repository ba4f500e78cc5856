import type { Db } from '@/lib/db/client'
import {
  currentFieldValues,
  type FieldRow,
  type FieldValueRow,
  findFieldRow,
  hasValues,
  insertField,
  insertFieldValues,
  listCustomFields,
  listFieldRows,
  listOptionsInUse,
  type NewFieldValue,
  updateField,
} from '@/lib/db/queries/devices/custom-fields'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import {
  type CustomField,
  customFieldTypeWords,
  type FieldDraft,
  fieldDraftProblems,
  maxFields,
  optionsOf,
  readFieldValue,
  valueInWords,
} from '@/lib/domain/device/custom-field'
import { uuidForm } from '@/lib/domain/text/typed-text'
import { isClash } from '../shared/failure'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

export type DefineField = {
  draft: FieldDraft
  /** The field that is changed and its version that the editor saw; absent for a new one. */
  existing?: { fieldId: string; seenChangedAt: Date } | undefined
}

/** Defines a custom field of the devices, or changes one. Its type is fixed once a device has a value of it. */
export async function defineField(
  db: Db,
  actor: Actor,
  { draft, existing }: DefineField,
  now: Date,
): Promise<{ status: 'saved'; fieldId: string } | Refusal> {
  const no = forbidden(actor, 'defineFields') ?? badDraft(draft)
  if (no) return no
  const row = {
    ...{ name: draft.name.trim(), type: draft.type, unit: draft.unit.trim() },
    ...{ options: optionsOf(draft.options), required: draft.required, help: draft.help.trim() },
    ...{ inStartingState: draft.inStartingState, changedAt: now, changedByName: actor.name },
  }
  try {
    return await transact(db, actor, async (tx) => {
      if (existing) return change(tx, existing, row)
      if ((await listFieldRows(tx)).length >= maxFields)
        return refused(`There are ${maxFields} custom fields in use; retire one first.`)
      const by = { createdAt: now, createdById: actor.id, createdByName: actor.name }
      return { status: 'saved' as const, fieldId: await insertField(tx, { ...row, ...by }) }
    })
  } catch (error) {
    if (!isClash(error)) throw error
    return refused(
      `There is a custom field “${row.name}” already, in use or retired. Accepted: a name of its own, whatever the letter case.`,
      'name',
    )
  }
}

function badDraft(draft: FieldDraft): Refusal | undefined {
  const [first] = fieldDraftProblems(draft)
  return first && refused(`${first.reason} Accepted: ${first.accepted}.`, first.field)
}

async function change(
  tx: Db,
  { fieldId, seenChangedAt }: NonNullable<DefineField['existing']>,
  row: Pick<FieldRow, 'type' | 'options' | 'changedAt' | 'changedByName'> & Partial<FieldRow>,
) {
  const field = uuidForm.test(fieldId) ? await findFieldRow(tx, fieldId, { lock: true }) : undefined
  if (!field) return refused('There is no such custom field.')
  if (field.changedAt.getTime() !== seenChangedAt.getTime())
    return refused(
      `${field.changedByName} changed this field while you edited it. Open it again to see the change; what you typed is still here.`,
    )
  if (field.retiredAt !== null)
    return refused(
      `${field.retiredByName} retired this field: “${field.retirementReason}”. Take it back into use first, then change it.`,
    )
  if (field.type !== row.type && (await hasValues(tx, fieldId)))
    return refused(
      `Devices have values of it, so it stays “${customFieldTypeWords[field.type]}”. Retire it and define another one.`,
      'type',
    )
  if (row.type === 'choice') {
    const gone = (await listOptionsInUse(tx, fieldId)).find((one) => !row.options.includes(one))
    if (gone !== undefined)
      return refused(
        `A device has “${gone}”. Change that device first, or keep the option.`,
        'options',
      )
  }
  await updateField(tx, fieldId, row)
  return { status: 'saved' as const, fieldId }
}

/** Retires a custom field, or takes it back into use. It is never deleted: its values and their history stay. */
export async function retireField(
  db: Db,
  actor: Actor,
  input: { fieldId: string; to: 'retired' | 'in use'; reason: string },
  now: Date,
): Promise<{ status: 'retired' | 'in use' } | Refusal> {
  const reason = input.reason.trim()
  const no = forbidden(actor, 'defineFields') ?? reasonRefusal(reason)
  if (no) return no
  return transact(db, { ...actor, reason }, async (tx) => {
    const field = uuidForm.test(input.fieldId)
      ? await findFieldRow(tx, input.fieldId, { lock: true })
      : undefined
    if (!field) return refused('There is no such custom field.')
    const is = field.retiredAt === null ? 'in use' : 'retired'
    if (is === input.to) return refused(`It is ${is} already.`)
    const retires = input.to === 'retired'
    if (!retires && (await listFieldRows(tx)).length >= maxFields)
      return refused(`There are ${maxFields} custom fields in use; retire one first.`)
    await updateField(tx, field.id, {
      retiredAt: retires ? now : null,
      retiredByName: retires ? actor.name : null,
      retirementReason: retires ? reason : null,
      changedAt: now,
      changedByName: actor.name,
    })
    return { status: input.to }
  })
}

/** A value as typed, and the row it was typed over; null where the device had none. */
export type TypedValue = { fieldId: string; text: string; seenId: number | null }

/** Somebody else entered another value first, or a value cannot be read; by field. */
type ValueProblem = {
  fieldId: string
  reason: string
  accepted?: string | undefined
  /** What somebody else entered meanwhile, which the reason names; a value typed over that is taken. */
  theirs?: { text: string; seenId: number | null }
}

export type SavedValues =
  | { status: 'saved'; changed: number }
  | { status: 'unread'; problems: ValueProblem[] }

/**
 * Enters the custom fields of a device: all of them, or none if one cannot be. A value that is as it was is not entered
 * again; an emptied one is taken away, and its history stays.
 */
export async function enterFieldValues(
  db: Db,
  actor: Actor,
  { deviceId, values }: { deviceId: string; values: readonly TypedValue[] },
  now: Date,
): Promise<SavedValues | Refusal> {
  const no = forbidden(actor, 'editDevice')
  if (no) return no
  try {
    return await transact(db, actor, async (tx) => {
      const device = uuidForm.test(deviceId) ? await lockDeviceRow(tx, deviceId) : undefined
      if (!device) return refused('There is no such device.', 'deviceId')
      if (device.retiredAt) return refused('The device is retired.')
      const fields = new Map((await listCustomFields(tx)).map((field) => [field.id, field]))
      const current = (await currentFieldValues(tx, [deviceId])).get(deviceId)
      const judged = values.map((typed) => {
        const [field, kept] = [fields.get(typed.fieldId), current?.get(typed.fieldId)]
        return judgeValue(typed, field, kept)
      })
      const problems = judged.flatMap((one) => ('problem' in one ? one.problem : []))
      if (problems.length > 0) return { status: 'unread', problems }
      const news = judged.flatMap((one) => ('news' in one ? one.news : []))
      await insertFieldValues(
        tx,
        news.map((one) => ({
          ...{ ...one, deviceId, source: 'typed' as const, at: now },
          ...{ byId: actor.id, byName: actor.name },
        })),
      )
      return { status: 'saved', changed: news.length }
    })
  } catch (error) {
    if (!isClash(error)) throw error
    return refused('Somebody else entered a value just now. Look at it again, then save.')
  }
}

type Judged =
  | { problem: ValueProblem }
  | { news: Pick<NewFieldValue, 'fieldId' | 'value' | 'correctsId'> }
  | { same: true }

function judgeValue(
  { fieldId, text, seenId }: TypedValue,
  field: CustomField | undefined,
  kept: FieldValueRow | undefined,
): Judged {
  if (!field) return { problem: { fieldId, reason: 'This field is not in use any more.' } }
  const read = readFieldValue(field, text)
  if (read.status === 'refused')
    return { problem: { fieldId, reason: read.reason, accepted: read.accepted } }
  const value = read.status === 'value' ? read.value : null
  if ((kept?.value ?? null) === value) return { same: true }
  if ((kept?.id ?? null) === seenId)
    return { news: { fieldId, value, correctsId: kept?.id ?? null } }
  const entered = kept?.value == null ? 'nothing' : `“${valueInWords(field, kept.value)}”`
  const reason = `${kept?.byName ?? 'Somebody'} entered ${entered} while you typed.`
  const theirs = { text: kept?.value ?? '', seenId: kept?.id ?? null }
  return { problem: { fieldId, reason, accepted: 'your value, if you save once more', theirs } }
}
