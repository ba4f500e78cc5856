import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { countDevices } from '@/lib/db/queries/devices/device-list'
import { updateDevice } from '@/lib/db/queries/devices/devices'
import { loadLabCalendar } from '@/lib/db/queries/planning/lab-calendar'
import { listReserved, listUnusedDevices } from '@/lib/db/queries/planning/unused-devices'
import { findSlotCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { previewSlot } from '../release/preview-slot'
import { waiveRule } from '../release/waive-rule'
import { addDevice } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, proofOf, releaseSigned, seenSlot, sentTrial } from '../testing/trial'
import { holdDevice } from './hold-device'
import { retireDevice } from './retire-device'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const reason = 'kept for the fix in 12.2'
const hold = (deviceId: string, until: Date | undefined, at = now) =>
  holdDevice(lab.db, lead, { deviceId, reason, until }, at)

test('a reservation needs an end that is ahead', async () => {
  const { id } = await addDevice(lab.db)
  for (const until of [undefined, now, later(-1), new Date(Number.NaN), later(3 * 366 * 86_400)])
    expect(await hold(id, until)).toMatchObject({ status: 'refused', field: 'until' })
  must(await hold(id, later(1)), 'held')
})

test('after its end nothing is left to release, and it can be reserved again', async () => {
  const { id: deviceId } = await addDevice(lab.db)
  must(await hold(deviceId, later(10)), 'held')
  const release = { deviceId, reason: undefined }
  expect(await holdDevice(lab.db, lead, release, later(10))).toMatchObject({
    reason: 'It is not reserved.',
  })
  must(await hold(deviceId, later(30), later(20)), 'held')
  must(await holdDevice(lab.db, lead, release, later(29)), 'free')
})

test('a device that is reserved, gone or in a trial under way is refused with what is in the way', async () => {
  const { id: deviceId } = await addDevice(lab.db)
  must(await hold(deviceId, later(10)), 'held')
  const again = { deviceId, reason: 'for another question', until: later(20) }
  expect(await holdDevice(lab.db, lead, again, later(1))).toMatchObject({
    reason: `Lee has reserved it already, until the end of 2026-03-02 UTC: ${reason}. Release that reservation first.`,
  })
  expect((await findDeviceRow(lab.db, deviceId))?.holdReason).toBe(reason)
  expect(await hold(randomUUID(), later(10))).toMatchObject({ reason: 'There is no such device.' })
  const { id: retired } = await addDevice(lab.db)
  must(
    await retireDevice(lab.db, lead, { deviceId: retired, to: 'retired', reason: 'broken' }, now),
    'retired',
  )
  expect(await hold(retired, later(10))).toMatchObject({
    reason: 'It is retired, so no trial can use it.',
  })
  const { device } = await sentTrial(lab.db)
  expect(await hold(device.id, later(3600))).toMatchObject({
    reason: expect.stringMatching(/^Trial T-\d+ is observing on it and uses its baseline/),
  })
})

test('the lists agree with the rule to the millisecond', async () => {
  const { id } = await addDevice(lab.db)
  const end = later(10)
  must(await hold(id, end), 'held')
  const isListed = async (at: Date) => [
    (await listReserved(lab.db, 'real', at)).some((one) => one.id === id),
    (await listUnusedDevices(lab.db, 'real', at)).find((one) => one.id === id)?.reserved,
  ]
  expect(await isListed(new Date(end.getTime() - 1))).toEqual([true, true])
  expect(await isListed(end)).toEqual([false, false])
  // It stays a test of its version all the while.
  expect(await countDevices(lab.db, { environment: 'real', filter: { unused: true } }, now)).toBe(
    (await listUnusedDevices(lab.db, 'real', now)).length,
  )
})

test('the database refuses an end without a reservation, and one before it was made', async () => {
  const { id } = await addDevice(lab.db)
  for (const set of [
    { holdUntil: later(1), heldAt: now },
    { holdReason: reason, holdUntil: later(1) },
    { holdReason: reason, heldAt: now },
    { holdReason: reason, heldAt: now, holdUntil: now },
  ])
    await expect(updateDevice(lab.db, id, set)).rejects.toThrow()
})

test('a reserved device is used in a trial once a lead waives it with a reason, by another person', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  must(await hold(device.id, later(3600)), 'held')
  const seen = await seenSlot(lab.db, trialId)
  expect(await releaseSigned(lab.db, engineer, seen)).toMatchObject({ status: 'refused' })
  const waive = { trialId, ordinal: 1, ruleId: 'Q20', reason: 'the fix came out early' }
  const proofId = await proofOf(lab.db, lead, 'waive', trialId)
  expect(await waiveRule(lab.db, engineer, { ...waive, proofId: undefined }, now)).toMatchObject({
    status: 'refused',
  })
  must(await waiveRule(lab.db, lead, { ...waive, proofId }, now), 'waived')
  const { qualification } = must(
    await previewSlot(lab.db, engineer, { trialId, ordinal: 1 }, now),
    'judged',
  )
  expect(qualification.overall).toBe('qualified')
  must(await releaseSigned(lab.db, engineer, await seenSlot(lab.db, trialId)), 'released')
})

test('the guard of a release and the rule judge by the same clock', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const end = later(30)
  // A reservation written past the service: the rule did not see it when it judged.
  const write = (holdUntil: Date) =>
    lab.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`
      await tx`update devices set hold_reason = ${reason}, held_at = ${now.toISOString()},
        hold_until = ${holdUntil.toISOString()} where id = ${device.id}`
    })
  const judgedAt = async (at: Date) =>
    must(await previewSlot(lab.db, engineer, { trialId, ordinal: 1 }, at), 'judged').qualification
      .findings
  const verdictAt = async (at: Date) =>
    (await judgedAt(at)).find(({ ruleId }) => ruleId === 'Q20')?.verdict
  await write(end)
  expect(await verdictAt(new Date(end.getTime() - 1))).toBe('fail')
  expect(await verdictAt(end)).toBe('pass')
  const seen = await seenSlot(lab.db, trialId, 1, end)
  must(await releaseSigned(lab.db, engineer, seen, end), 'released')
  const command = await findSlotCommand(lab.db, trialId, 1)
  expect(command?.reservedAt).toEqual(end)
  // The same release a millisecond earlier.
  const early = new Date(end.getTime() - 1).toISOString()
  const again = lab.sql.begin(async (tx) => {
    await tx`update commands set state = 'cancelled' where command_uuid = ${command?.commandUuid ?? ''}`
    await tx`update commands set state = 'reserved', reserved_at = ${early} where command_uuid = ${command?.commandUuid ?? ''}`
  })
  await expect(again).rejects.toThrow('reserved for a later question')
})

test('a calendar is told of a reservation that was released, and of one whose device was retired', async () => {
  const { id: deviceId } = await addDevice(lab.db)
  const asked = { environment: 'real', deviceId, from: now, to: later(9_000) } as const
  const entries = async (cancelled: boolean, at: Date) =>
    (await loadLabCalendar(lab.db, { ...asked, cancelled }, at)).map(
      ({ uid, status, sequence, notes }) => ({ uid, status, sequence, last: notes.at(-1) }),
    )
  must(await hold(deviceId, later(1_000)), 'held')
  const uid = (since: Date) => `reservation-${deviceId}-${since.getTime()}@oneway`
  const standing = { uid: uid(now), status: 'confirmed', sequence: 0, last: 'Reserved by Lee' }
  expect(await entries(true, later(5))).toEqual([standing])
  must(await holdDevice(lab.db, lead, { deviceId, reason: undefined }, later(10)), 'free')
  const released = { ...standing, status: 'cancelled', sequence: 1, last: 'Released by Lee' }
  expect(await entries(true, later(15))).toEqual([released])
  expect(await entries(false, later(15))).toEqual([])

  must(await hold(deviceId, later(2_000), later(20)), 'held')
  const retire = { deviceId, to: 'retired', reason: 'the screen is broken' } as const
  must(await retireDevice(lab.db, lead, retire, later(30)), 'retired')
  const second = { ...released, uid: uid(later(20)) }
  expect(await entries(true, later(40))).toEqual([released, second])
  await expect(lab.sql`delete from ended_reservations`).rejects.toThrow('only grows')
})

test('a reservation that was over before the next one stays in the calendar as it was', async () => {
  const { id: deviceId } = await addDevice(lab.db)
  must(await hold(deviceId, later(10)), 'held')
  must(await hold(deviceId, later(90), later(20)), 'held')
  const asked = { environment: 'real', deviceId, from: now, to: later(9_000) } as const
  const entries = await loadLabCalendar(lab.db, { ...asked, cancelled: false }, later(30))
  expect(entries.map(({ status, when }) => [status, when])).toEqual([
    ['confirmed', { from: later(20), to: later(90) }],
    ['confirmed', { from: now, to: later(10) }],
  ])
})
