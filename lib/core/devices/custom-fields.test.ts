import { afterAll, beforeAll, expect, test } from 'vitest'
import { currentFieldValues, listFieldHistory } from '@/lib/db/queries/devices/custom-fields'
import { countDevices } from '@/lib/db/queries/devices/device-list'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { FieldDraft } from '@/lib/domain/device/custom-field'
import { copyTrial } from '../record/copy-trial'
import { addDevice } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, releaseSigned, reviewedProtocol, seenSlot } from '../testing/trial'
import { draftTrial } from '../trials/prepare-trial'
import { defineField, enterFieldValues, retireField, type TypedValue } from './custom-fields'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

let made = 0
const draftOf = (but: Partial<FieldDraft> = {}): FieldDraft => ({
  ...{ name: `Field ${++made}`, type: 'text', unit: '', options: '', help: '' },
  ...{ required: false, inStartingState: false },
  ...but,
})
const define = async (but: Partial<FieldDraft> = {}) =>
  must(await defineField(lab.db, lead, { draft: draftOf(but) }, now), 'saved').fieldId
const enter = (deviceId: string, ...values: TypedValue[]) =>
  enterFieldValues(lab.db, engineer, { deviceId, values }, now)
const current = async (deviceId: string, fieldId: string) =>
  (await currentFieldValues(lab.db, [deviceId])).get(deviceId)?.get(fieldId)

test('a name is taken whatever its case, also by a retired field', async () => {
  const fieldId = await define({ name: 'Cable' })
  const again = { draft: draftOf({ name: 'CABLE' }) }
  expect(await defineField(lab.db, lead, again, now)).toMatchObject({ field: 'name' })
  const reason = 'not needed any more'
  must(await retireField(lab.db, lead, { fieldId, to: 'retired', reason }, now), 'retired')
  expect(await defineField(lab.db, lead, again, now)).toMatchObject({ field: 'name' })
  expect(await defineField(lab.db, engineer, { draft: draftOf() }, now)).toMatchObject({
    status: 'refused',
  })
})

test('a retired field does not change', async () => {
  const fieldId = await define({ name: 'Lamp', help: 'as it is' })
  const existing = { fieldId, seenChangedAt: now }
  const reason = 'not needed any more'
  must(await retireField(lab.db, lead, { fieldId, to: 'retired', reason }, now), 'retired')
  const draft = draftOf({ name: 'Lamp', help: 'other' })
  expect(await defineField(lab.db, lead, { draft, existing }, now)).toMatchObject({
    reason: expect.stringMatching(/^Lee retired this field: “not needed any more”/),
  })
  await expect(
    lab.sql`update custom_fields set help = 'other' where id = ${fieldId}`,
  ).rejects.toThrow('retired and does not change')
  must(await retireField(lab.db, lead, { fieldId, to: 'in use', reason }, now), 'in use')
  must(await defineField(lab.db, lead, { draft, existing }, now), 'saved')
})

test('values correct one another, and one that is as it was is not entered again', async () => {
  const [{ id }, fieldId] = [await addDevice(lab.db), await define({ type: 'number', unit: 'cm' })]
  expect(await enter(id, { fieldId, text: '30', seenId: null })).toMatchObject({ changed: 1 })
  const first = await current(id, fieldId)
  const seenId = first?.id ?? 0
  expect(await enter(id, { fieldId, text: '30.0 cm', seenId })).toMatchObject({ changed: 0 })
  expect(await enter(id, { fieldId, text: '', seenId })).toMatchObject({ changed: 1 })
  expect(await current(id, fieldId)).toMatchObject({ value: null, correctsId: seenId })
  expect((await listFieldHistory(lab.db, id)).map(({ value, byName }) => [value, byName])).toEqual([
    [null, 'Erin'],
    ['30', 'Erin'],
  ])
})

test('one bad value keeps all of them out, and each says its accepted form', async () => {
  const { id } = await addDevice(lab.db)
  const [note, length] = [await define(), await define({ type: 'number' })]
  expect(
    await enter(
      id,
      { fieldId: note, text: 'fine', seenId: null },
      { fieldId: length, text: 'long', seenId: null },
    ),
  ).toMatchObject({
    status: 'unread',
    problems: [{ fieldId: length, accepted: 'a number such as 12.5' }],
  })
  expect(await current(id, note)).toBeUndefined()
})

test('of two people who type at once the second is told what the first entered', async () => {
  const [{ id }, fieldId] = [await addDevice(lab.db), await define()]
  await enter(id, { fieldId, text: 'mine', seenId: null })
  const seenId = (await current(id, fieldId))?.id ?? 0
  expect(await enter(id, { fieldId, text: 'yours', seenId: null })).toMatchObject({
    problems: [
      { reason: 'Erin entered “mine” while you typed.', theirs: { text: 'mine', seenId } },
    ],
  })
  // Past the service the unique indexes refuse a second line of values.
  const row = lab.sql`insert into device_field_values (device_id, field_id, value, source, at, by_id, by_name)
    values (${id}, ${fieldId}, 'yours', 'typed', now(), 'x', 'x')`
  await expect(row).rejects.toThrow('one_first_value_per_device_and_field')
  expect(await enter(id, { fieldId, text: 'yours', seenId })).toMatchObject({ changed: 1 })
})

test('the type stays once there is a value, and so does an option that a device has', async () => {
  const [{ id }, fieldId] = [
    await addDevice(lab.db),
    await define({ type: 'choice', options: 'Red\nGreen' }),
  ]
  const edit = (but: Partial<FieldDraft>, seenChangedAt = now) =>
    defineField(
      lab.db,
      lead,
      {
        draft: draftOf({ type: 'choice', options: 'Red\nGreen', ...but }),
        existing: { fieldId, seenChangedAt },
      },
      now,
    )
  await enter(id, { fieldId, text: 'red', seenId: null })
  expect(await edit({ type: 'text', options: '' })).toMatchObject({ field: 'type' })
  expect(await edit({ options: 'Green\nBlue' })).toMatchObject({ field: 'options' })
  expect(await edit({}, later(-5))).toMatchObject({
    reason: expect.stringContaining('while you edited'),
  })
  must(await edit({ options: 'Red\nBlue' }), 'saved')
  await expect(
    lab.sql`update custom_fields set type = 'text', options = '{}' where id = ${fieldId}`,
  ).rejects.toThrow('its type never changes')
  await expect(
    lab.sql`update custom_fields set options = '{Blue,Green}' where id = ${fieldId}`,
  ).rejects.toThrow('would be gone')
  await expect(lab.sql`delete from custom_fields where id = ${fieldId}`).rejects.toThrow(
    'only grows',
  )
  await expect(
    lab.sql`update device_field_values set value = 'Blue' where field_id = ${fieldId}`,
  ).rejects.toThrow('only grows')
})

test('the database takes no value that its type does not have', async () => {
  const { id } = await addDevice(lab.db)
  const put = (fieldId: string, value: string) =>
    lab.sql`insert into device_field_values (device_id, field_id, value, source, at, by_id, by_name)
      values (${id}, ${fieldId}, ${value}, 'typed', now(), 'x', 'x')`
  for (const [but, value] of [
    [{ type: 'number' }, 'many'],
    [{ type: 'date' }, '2026-02-30'],
    [{ type: 'yesNo' }, 'perhaps'],
    [{ type: 'choice', options: 'a\nb' }, 'c'],
    [{ type: 'text' }, ' blank'],
  ] as const)
    await expect(put(await define(but), value)).rejects.toThrow('of custom field')
  const fieldId = await define()
  must(await retireField(lab.db, lead, { fieldId, to: 'retired', reason: 'gone' }, now), 'retired')
  await expect(put(fieldId, 'x')).rejects.toThrow('retired')
  expect(await enter(id, { fieldId, text: 'x', seenId: null })).toMatchObject({ status: 'unread' })
})

test('the list is narrowed by a field, by its absence, and by its text', async () => {
  const [{ id }, fieldId] = [await addDevice(lab.db), await define()]
  await enter(id, { fieldId, text: 'Drawer 100 % full', seenId: null })
  const count = (fields: Record<string, string>, text?: string) =>
    countDevices(lab.db, { environment: 'real', filter: { fields, text } }, now)
  const all = await count({})
  expect(await count({ [fieldId]: '100 %' })).toBe(1)
  expect(await count({ [fieldId]: 'shelf' })).toBe(0)
  expect(await count({ [fieldId]: '' })).toBe(all - 1)
  expect(await count({}, 'drawer 100 %')).toBe(1)
  const row = await current(id, fieldId)
  await enter(id, { fieldId, text: 'Shelf', seenId: row?.id ?? 0 })
  expect(await count({}, 'drawer 100 %')).toBe(0)
})

test('the starting state of a trial keeps the model and the fields that are part of it', async () => {
  const fieldId = await define({ name: 'Battery cycles', type: 'number', inStartingState: true })
  const { trialId, device } = await armedTrial(lab.db)
  await enter(device.id, { fieldId, text: '41', seenId: null })
  must(await releaseSigned(lab.db, engineer, await seenSlot(lab.db, trialId), now), 'released')
  const row = await current(device.id, fieldId)
  await enter(device.id, { fieldId, text: '42', seenId: row?.id ?? 0 })
  expect((await findTrial(lab.db, trialId))?.startingFacts).toMatchObject({
    modelIdentifier: 'iPhone10,1',
    fields: [{ fieldId, name: 'Battery cycles', value: '41', by: 'Erin' }],
  })
  const { copy } = must(await copyTrial(lab.db, lead, { trialId }, later(60)), 'copied')
  expect(copy.record.customFields).toMatchObject([{ id: fieldId }])
  expect(copy.record.deviceFieldValues).toMatchObject([{ value: '41' }, { value: '42' }])
  must(
    await retireField(lab.db, lead, { fieldId, to: 'retired', reason: 'end of the test' }, now),
    'retired',
  )
})

// Last, as every device of this lab lacks it from here on.
test('a trial is drafted only with every required field', async () => {
  const [{ id: deviceId }, fieldId] = [
    await addDevice(lab.db),
    await define({ name: 'Owner number', required: true }),
  ]
  const protocolVersionId = await reviewedProtocol(lab.db)
  const draft = () =>
    draftTrial(lab.db, engineer, { deviceId, protocolVersionId, expectation: 'It installs' }, now)
  expect(await draft()).toMatchObject({
    field: 'deviceId',
    reason: expect.stringContaining('“Owner number”'),
  })
  await enter(deviceId, { fieldId, text: '17', seenId: null })
  must(await draft(), 'done')
})
