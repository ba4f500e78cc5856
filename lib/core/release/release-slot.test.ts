import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { findSlotCommand, listCommandsOfDevice } from '@/lib/db/queries/trials/commands'
import { findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import { outcomes } from '@/lib/domain/outcome/outcome'
import { foldTrial } from '@/lib/domain/trial/trial'
import { addDevice, readingsOf } from '../testing/device'
import { admin, engineer, later, must, now } from '../testing/people'
import { armedTrial, releaseSigned, seenSlot } from '../testing/trial'
import { armTrial, draftTrial, registerTrial } from '../trials/prepare-trial'
import { cancelRelease } from './cancel-release'
import { previewSlot } from './preview-slot'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const release = (seen: Awaited<ReturnType<typeof seenSlot>>, at = now, actor = engineer) =>
  releaseSigned(lab.db, actor, seen, at)

test('a release reserves the slot, freezes the starting state and holds', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const released = must(await release(await seenSlot(lab.db, trialId)), 'released')
  expect(released.holdEndsAt).toEqual(later(120))
  const trial = await findTrial(lab.db, trialId)
  expect(trial).toMatchObject({ state: 'released', startOs: '12.0.1', startBuild: '16A404' })
  expect(trial?.consumed).toBe(false)
  expect(trial?.startingState?.batteryLevel).toMatchObject({ value: 0.9, source: 'typed' })
  const command = await findSlotCommand(lab.db, trialId, 1)
  expect(command).toMatchObject({ state: 'reserved', enrollmentId: device.enrollmentId })
})

test('F11: fifty releases at once write one command, and the other forty-nine learn who released it and when', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const seen = await seenSlot(lab.db, trialId)
  const results = await Promise.all(Array.from({ length: 50 }, () => release(seen)))
  const count = (status: string) => results.filter((result) => result.status === status).length
  expect([count('released'), count('alreadyReleased')]).toEqual([1, 49])
  expect(results.find(({ status }) => status === 'alreadyReleased')).toMatchObject({
    by: 'Erin',
    at: now,
  })
  expect(await listCommandsOfDevice(lab.db, device.id)).toHaveLength(1)
})

test('a device that fails a rule is refused', async () => {
  const { trialId } = await armedTrial(lab.db, { but: { supervised: false } })
  expect(await release(await seenSlot(lab.db, trialId))).toMatchObject({ status: 'refused' })
})

test('a device with an unknown reading is refused', async () => {
  const { trialId } = await armedTrial(lab.db, { but: { passcodePresent: undefined } })
  expect(await release(await seenSlot(lab.db, trialId))).toMatchObject({ status: 'refused' })
})

test('F13: a device that changed since the preview is refused with the difference', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const seen = await seenSlot(lab.db, trialId)
  await insertReadings(lab.db, device.id, readingsOf({ passcodePresent: true }, later(5)))
  const result = must(await release(seen, later(10)), 'changed')
  expect(result.differences.join(' ')).toMatch(/passcode/i)
  expect(await findSlotCommand(lab.db, trialId, 1)).toBeUndefined()
})

test('F14: a verdict whose readings have gone stale releases nothing', async () => {
  const { trialId } = await armedTrial(lab.db)
  const seen = await seenSlot(lab.db, trialId)
  const result = await release(seen, later(11 * 60))
  expect(['changed', 'refused']).toContain(result.status)
  expect(await findSlotCommand(lab.db, trialId, 1)).toBeUndefined()
})

test('the verdict of another trial does not release this one', async () => {
  const [one, other] = [await armedTrial(lab.db), await armedTrial(lab.db)]
  const seen = { ...(await seenSlot(lab.db, other.trialId)), trialId: one.trialId }
  expect(await release(seen)).toMatchObject({ status: 'refused', field: 'verdictId' })
})

test('a trial that is not armed releases nothing', async () => {
  const { trialId } = await armedTrial(lab.db)
  const seen = await seenSlot(lab.db, trialId)
  await lab.sql`update trials set state = 'registered' where id = ${trialId}`
  expect(await release(seen)).toMatchObject({ status: 'refused' })
})

test('an admin manages servers, not evidence, and releases nothing', async () => {
  const { trialId } = await armedTrial(lab.db)
  const seen = await seenSlot(lab.db, trialId)
  expect(await release(seen, now, admin)).toMatchObject({ status: 'refused' })
})

test('the second slot does not go before the first', async () => {
  const { trialId } = await armedTrial(lab.db)
  const seen = await seenSlot(lab.db, trialId, 2)
  expect(await release(seen)).toMatchObject({ status: 'refused' })
})

test('a held release can be cancelled, and released again it keeps its CommandUUID', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const first = must(await release(await seenSlot(lab.db, trialId)), 'released')
  must(await cancelRelease(lab.db, engineer, { trialId, ordinal: 1 }, later(60)), 'cancelled')
  expect((await findTrial(lab.db, trialId))?.state).toBe('registered')
  const serialLast4 = device.serial.slice(-4)
  must(await armTrial(lab.db, engineer, { trialId, serialLast4 }, later(70)), 'done')
  const seen = await seenSlot(lab.db, trialId, 1, later(80))
  const again = must(await release(seen, later(90)), 'released')
  expect(again.commandUuid).toBe(first.commandUuid)
  const events = await listTrialEvents(lab.db, trialId)
  expect(foldTrial(events.map(({ kind }) => kind))).toBe('released')
})

test('the wrong end of the serial does not arm', async () => {
  const { trialId } = await armedTrial(lab.db)
  await lab.sql`update trials set state = 'registered' where id = ${trialId}`
  const result = await armTrial(lab.db, engineer, { trialId, serialLast4: '0000' }, now)
  expect(result).toMatchObject({ status: 'refused', field: 'serialLast4' })
})

test('F12: a device is in one live trial at most', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const trial = await findTrial(lab.db, trialId)
  const draft = {
    deviceId: device.id,
    protocolVersionId: trial?.protocolVersionId ?? '',
    expectation: 'Mine too',
  }
  const second = must(await draftTrial(lab.db, engineer, draft, now), 'done')
  const result = await registerTrial(lab.db, engineer, { trialId: second.trialId }, now)
  expect(result).toMatchObject({ status: 'refused' })
  expect(JSON.stringify(result)).toContain(`T-${trial?.number}`)
})

test('a trial without a written expectation is not registered', async () => {
  const { trialId } = await armedTrial(lab.db)
  const trial = await findTrial(lab.db, trialId)
  const draft = {
    deviceId: trial?.deviceId ?? '',
    protocolVersionId: trial?.protocolVersionId ?? '',
    expectation: '  ',
  }
  const second = must(await draftTrial(lab.db, engineer, draft, now), 'done')
  const result = await registerTrial(lab.db, engineer, { trialId: second.trialId }, now)
  expect(result).toMatchObject({ status: 'refused', field: 'expectation' })
})

test('a prediction is of known outcomes, few of them, and sealed with the expectation', async () => {
  const { id: deviceId } = await addDevice(lab.db)
  const trial = await findTrial(lab.db, (await armedTrial(lab.db)).trialId)
  const protocolVersionId = trial?.protocolVersionId ?? ''
  const draft = { deviceId, protocolVersionId, expectation: 'It installs.' }
  for (const prediction of [['explodes'], ['lost'], outcomes.slice(0, 4)])
    expect(await draftTrial(lab.db, engineer, { ...draft, prediction }, now)).toMatchObject({
      ...{ status: 'refused', field: 'prediction' },
    })
  const prediction = ['refused', 'installedAsExpected']
  const { trialId } = must(
    await draftTrial(lab.db, engineer, { ...draft, prediction }, now),
    'done',
  )
  must(await registerTrial(lab.db, engineer, { trialId }, now), 'done')
  const sealed = await findTrial(lab.db, trialId)
  expect(sealed?.prediction).toEqual(['installedAsExpected', 'refused'])
  expect(JSON.parse(sealed?.registration ?? '')).toMatchObject({
    ...{ format: 'oneway-registration-3', prediction: sealed?.prediction },
  })
  await expect(lab.sql`update trials set prediction = null where id = ${trialId}`).rejects.toThrow(
    /sealed/,
  )
})

test('ten previews store one verdict', async () => {
  const { trialId } = await armedTrial(lab.db)
  for (let i = 0; i < 10; i++)
    must(await previewSlot(lab.db, engineer, { trialId, ordinal: 1 }, later(i)), 'judged')
  const rows = await lab.sql`select count(*)::int as n from verdicts where trial_id = ${trialId}`
  expect(rows[0]?.n).toBe(1)
})

test.each([
  ['a real device is held for 10 s at least, whatever the lab has set', false, 10],
  ['a rehearsal is held as shortly as the lab has set', true, 1],
])('%s', async (_, simulated, held) => {
  await storeLabSetting(lab.db, 'holdSeconds', 1, { changedAt: now, changedBy: 'Lee' })
  const { trialId } = await armedTrial(lab.db, { simulated })
  const seen = await seenSlot(lab.db, trialId)
  const released = must(await releaseSigned(lab.db, engineer, seen), 'released')
  expect(released.holdEndsAt).toEqual(later(held))
  const id = released.commandUuid
  const shorter = pastTriggers(
    lab.sql,
    (tx) => tx`update commands set hold_ends_at = reserved_at where command_uuid = ${id}`,
  )
  if (simulated) await shorter
  else await expect(shorter).rejects.toThrow('a_real_hold_is_long_enough')
  // Nor by a reservation that is dated back.
  const back = lab.sql`update commands set reserved_at = reserved_at - interval '1 hour',
    hold_ends_at = reserved_at - interval '50 minutes' where command_uuid = ${id}`
  await expect(back).rejects.toThrow(/does not change while it runs/)
})
