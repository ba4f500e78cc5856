import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyTrail } from '@/lib/db/audit/log'
import { connect } from '@/lib/db/client'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { currentState, insertReadings, recordedState } from '@/lib/db/queries/devices/readings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { refreshVerdicts } from '../kernel/judge-device'
import { addDevice, readingsOf } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must, now } from '../testing/people'
import { armedTrial, releasedTrial, releaseSigned, seenSlot } from '../testing/trial'
import { deliver } from './deliver'
import { previewSlot } from './preview-slot'
import { isLastAt } from './second-person'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const forge = (deviceId: string, value: boolean) => lab.sql`
  update current_readings set value = to_jsonb(${value}::boolean)
  where device_id = ${deviceId} and field = 'supervised'`

test('a forged "supervised" is not released, and the check of the trail names the row', async () => {
  const { trialId, device } = await armedTrial(lab.db, { but: { supervised: false } })
  await forge(device.id, true)
  expect((await currentState(lab.db, device.id)).supervised?.value).toBe(true)
  expect((await recordedState(lab.db, device.id)).supervised?.value).toBe(false)

  const judged = must(await previewSlot(lab.db, engineer, { trialId, ordinal: 1 }, now), 'judged')
  const findings = judged.qualification.findings
  expect(findings.find(({ ruleId }) => ruleId === 'Q2')?.verdict).toBe('fail')
  expect(findings.find(({ ruleId }) => ruleId === 'Q19')?.reason).toContain(
    'the readings shown are not those of the record (Supervised)',
  )
  const released = await releaseSigned(lab.db, engineer, await seenSlot(lab.db, trialId))
  expect(released.status).toBe('refused')
  const { mismatches } = await verifyTrail(lab.sql)
  expect(mismatches).toContainEqual({
    table: 'current_readings',
    row: `${device.id}/supervised`,
    reason: 'it is not what the record folds to',
    fields: ['value'],
  })
  await insertReadings(lab.db, device.id, readingsOf({ supervised: false }, later(1)))
  expect((await verifyTrail(lab.sql)).mismatches).toEqual([])
})

test('a forgery during the hold lapses the release, also where it changes no verdict', async () => {
  const { commandUuid, device } = await releasedTrial(lab.db)
  await lab.sql`update current_readings set by_name = 'Mallory'
    where device_id = ${device.id} and field = 'supervised'`
  const { servers, ledger } = fakeServer()
  const delivered = await deliver(lab.db, servers, commandUuid, () => later(121))
  expect(delivered).toMatchObject({
    status: 'lapsed',
    reason: expect.stringContaining('the readings shown are not those of the record (Supervised)'),
  })
  expect(ledger.enqueued).toEqual([])
})

test('the role of the app can write to no fold', async () => {
  const app = connect(lab.url, { max: 1 })
  const { id } = await addDevice(lab.db)
  const attempts = [
    app.sql`update current_readings set value = 'true' where device_id = ${id}`,
    app.sql`delete from current_readings where device_id = ${id}`,
    app.sql`insert into current_readings (device_id, field, reading_id, source, answered_at)
      values (${id}, 'networkName', 1, 'mdm', now())`,
    app.sql`insert into trial_reviews (trial_id, state, queries, open_queries)
      values (gen_random_uuid(), 'inReview', 0, 0)`,
    app.sql`update trial_reviews set state = 'inReview'`,
  ]
  for (const attempt of attempts) await expect(attempt).rejects.toThrow(/permission denied/)
  await app.end()
})

test('a verdict forged in the cache makes no device a spare', async () => {
  const sameVersion = { osVersion: '12.0', osBuild: '16A366' }
  const one = await addDevice(lab.db, { but: sameVersion })
  const other = await addDevice(lab.db, { but: { ...sameVersion, supervised: false } })
  await refreshVerdicts(lab.db, [one.id, other.id], now)
  const row = await findDeviceRow(lab.db, one.id)
  if (!row) throw new Error('no device')
  expect(await isLastAt(lab.db, row, { version: '12.0' }, now)).toBe(true)
  await lab.sql`update device_verdicts set overall = 'qualified' where device_id = ${other.id}`
  expect(await isLastAt(lab.db, row, { version: '12.0' }, now)).toBe(true)
  await insertReadings(lab.db, other.id, readingsOf({ supervised: true }, later(1)))
  await refreshVerdicts(lab.db, [other.id], now)
  expect(await isLastAt(lab.db, row, { version: '12.0' }, now)).toBe(false)
})

test('a state of a trial that its events do not lead to is named', async () => {
  const { trialId } = await armedTrial(lab.db)
  await lab.sql`update trials set state = 'registered' where id = ${trialId}`
  const { mismatches } = await verifyTrail(lab.sql)
  expect(mismatches).toContainEqual(
    expect.objectContaining({ table: 'trials', row: trialId, fields: ['state'] }),
  )
})
