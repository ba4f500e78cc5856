import { afterAll, beforeAll, expect, test } from 'vitest'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { getDevice } from '@/lib/db/queries/devices/devices'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { DeviceDraft } from '@/lib/domain/device/device-draft'
import { queryDevice } from '../release/query-device'
import { addServer } from '../testing/device'
import { admin, engineer, later, lead, must, now } from '../testing/people'
import { armedTrial } from '../testing/trial'
import { type SaveDevice, saveDevice } from './save-device'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

let count = 0
const draft = (but: Partial<DeviceDraft> = {}): DeviceDraft => {
  count += 1
  return {
    labTag: `L-${count}`,
    name: 'Red phone',
    enrollmentId: `0000802${count}-000915083C80012E`,
    serial: `C39VC${1000 + count}`,
    platform: 'iOS',
    modelIdentifier: 'iPhone10,3',
    modelName: 'iPhone X',
    location: 'Shelf 1',
    holder: '',
    notes: '',
    ...but,
  }
}
const save = (input: Partial<SaveDevice>, actor = engineer, at = now) =>
  saveDevice(lab.db, actor, { draft: draft(), mdmServerId: undefined, ...input }, at)
const saved = async (given: DeviceDraft, mdmServerId?: string) => {
  const { deviceId } = must(await save({ draft: given, mdmServerId }), 'saved')
  return { deviceId, seenUpdatedAt: now }
}

test('every field is stored as entered, the enrollment ID byte for byte', async () => {
  const given = draft({
    enrollmentId: '00008020-000915083c80012E',
    notes: 'two\nlines',
    holder: 'Mo',
  })
  const { deviceId } = await saved(given)
  expect(await getDevice(lab.db, deviceId)).toMatchObject({
    ...given,
    retiredAt: null,
    simulated: false,
    updatedBy: 'Erin',
  })
})

test.each(['labTag', 'enrollmentId', 'serial'] as const)(
  'a %s that another device has, in any letter case, is refused and names that device',
  async (field) => {
    const first = draft({ name: `First of ${field}` })
    await saved(first)
    const result = await save({ draft: draft({ [field]: first[field].toLowerCase() }) })
    expect(result).toMatchObject({ status: 'refused', field })
    expect(result).toHaveProperty('reason', expect.stringContaining(`First of ${field}`))
  },
)

test('of two devices saved with one serial at the same time, one is stored', async () => {
  const results = await Promise.all(
    [1, 2, 3].map(() => save({ draft: draft({ serial: 'SAMESERIAL' }) })),
  )
  expect(results.filter(({ status }) => status === 'saved')).toHaveLength(1)
  expect(results.filter(({ status }) => status === 'refused')).toHaveLength(2)
})

test('a bad field is refused with its accepted form and nothing is written', async () => {
  const given = draft({ enrollmentId: 'a,b,c,d,e' })
  expect(await save({ draft: given })).toMatchObject({ status: 'refused', field: 'enrollmentId' })
  expect(await save({ draft: { ...given, enrollmentId: '' } })).toMatchObject({ status: 'saved' })
})

test('an edit over somebody else’s is refused, and names who changed what', async () => {
  const given = draft()
  const existing = await saved(given)
  must(await save({ draft: { ...given, location: 'Shelf 2' }, existing }, lead, later(60)), 'saved')
  const result = await save({ draft: { ...given, holder: 'Mo' }, existing }, engineer, later(90))
  expect(result).toMatchObject({
    status: 'refused',
    conflict: {
      by: 'Lee',
      at: later(60),
      differences: [
        { label: 'Location', theirs: 'Shelf 2', yours: 'Shelf 1' },
        { label: 'Holder', theirs: '', yours: 'Mo' },
      ],
    },
  })
  expect(await findDeviceRow(lab.db, existing.deviceId)).toMatchObject({ holder: '' })
})

test('an edit over one that moved the device to another MDM server says so', async () => {
  const given = draft({ enrollmentId: '' })
  const existing = await saved(given)
  const mdmServerId = await addServer(lab.db)
  must(await save({ draft: given, mdmServerId, existing }, lead, later(60)), 'saved')
  expect(await save({ draft: given, existing }, engineer, later(90))).toMatchObject({
    conflict: {
      differences: [{ label: 'MDM server', theirs: expect.stringMatching(/./), yours: '' }],
    },
  })
})

test('after seeing the other edit, the same form is saved', async () => {
  const given = draft()
  const existing = await saved(given)
  must(await save({ draft: { ...given, location: 'Shelf 2' }, existing }, lead, later(60)), 'saved')
  const again = { ...existing, seenUpdatedAt: later(60) }
  const result = await save({ draft: { ...given, holder: 'Mo' }, existing: again })
  expect(result.status).toBe('saved')
})

test('a device in a trial keeps its identity, and may get another location', async () => {
  const { device, trialId } = await armedTrial(lab.db)
  const row = await getDevice(lab.db, device.id)
  const given = draft({ ...device, labTag: row.labTag ?? '', modelIdentifier: 'iPhone10,1' })
  const existing = { deviceId: device.id, seenUpdatedAt: row.updatedAt }
  const { mdmServerId } = device
  const swap = { ...given, enrollmentId: 'another-phone-altogether' }
  expect(trialId).toBeTruthy()
  expect(await save({ draft: swap, mdmServerId, existing })).toMatchObject({
    status: 'refused',
    field: 'enrollmentId',
    reason: expect.stringContaining('under way'),
  })
  expect(
    await save({ draft: { ...given, location: 'Bench' }, mdmServerId, existing }),
  ).toMatchObject({
    status: 'saved',
  })
})

test('a device with an open command keeps its MDM server', async () => {
  const given = draft()
  const existing = await saved(given, await addServer(lab.db))
  must(await queryDevice(lab.db, engineer, { deviceId: existing.deviceId }, now), 'asked')
  const elsewhere = await addServer(lab.db)
  expect(await save({ draft: given, mdmServerId: elsewhere, existing })).toMatchObject({
    status: 'refused',
    field: 'mdmServerId',
  })
})

test('a real device cannot move to a virtual MDM server', async () => {
  const given = draft()
  const existing = await saved(given)
  const mdmServerId = await addServer(lab.db, true)
  expect(await save({ draft: given, mdmServerId, existing })).toMatchObject({
    status: 'refused',
    field: 'mdmServerId',
    reason: expect.stringContaining('real'),
  })
})

test('an admin may not save a device', async () => {
  expect(await save({}, admin)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('engineer or lead'),
  })
})
