import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBooking, listBookings } from '@/lib/db/queries/planning/bookings'
import { listQueue } from '@/lib/db/queries/planning/queue'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { bookingStateAt } from '@/lib/domain/planning/booking'
import { holdDevice } from '../devices/hold-device'
import { retireDevice } from '../devices/retire-device'
import { refreshVerdicts } from '../kernel/judge-device'
import { addDevice } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { releaseSigned, reviewedProtocol, seenSlot, twoSlots } from '../testing/trial'
import { type BookTrial, bookTrial, draftBooking, withdrawBooking } from './book-trial'
import type { TakeOver } from './booked-device'
import { withdrawTrial } from './close-trial'
import { armTrial, draftTrial, registerTrial } from './prepare-trial'
import { joinQueue } from './queue'
import { retireProtocol } from './review-protocol'

const bob: Actor = { id: 'e2', name: 'Bob', role: 'engineer' }
const viewer: Actor = { id: 'v1', name: 'Vic', role: 'viewer' }

let lab: TestDb
let protocolVersionId: string
beforeAll(async () => {
  lab = await createTestDb()
  protocolVersionId = await reviewedProtocol(lab.db)
  const by = { changedAt: now, changedBy: lead.name }
  await storeLabSetting(lab.db, 'timeZone', 'Europe/Berlin', by)
  await storeLabSetting(lab.db, 'twoPersonRelease', 'protocolOnly', by)
  // So that no device of these tests is the last real one of its version.
  for (let n = 0; n < 2; n += 1) {
    const { id } = await addDevice(lab.db, { at: later(365 * 86_400) })
    await refreshVerdicts(lab.db, [id], now)
  }
})
afterAll(() => lab.drop())

// The test's clock says 09:00 UTC, which is 10:00 in Berlin.
const ten = { startsAt: '2026-03-02T10:00', endsAt: '2026-03-02T12:00' }
const input = (deviceId: string, but: Partial<BookTrial> = {}): BookTrial => ({
  ...{ deviceId, protocolVersionId, target: '12.1', expectation: 'It installs.', ...ten, ...but },
})
const book = (deviceId: string, but: Partial<BookTrial> = {}, actor = engineer, at = now) =>
  bookTrial(lab.db, actor, input(deviceId, but), at)
const booked = async (...given: Parameters<typeof book>) =>
  must(await book(...given), 'booked').bookingId
const stateAt = async (bookingId: string, at: Date) => {
  const found = await findBooking(lab.db, bookingId)
  return found && bookingStateAt(found, at)
}
const draftOn = (deviceId: string, actor: Actor, at: Date, takeOver?: TakeOver) =>
  draftTrial(
    lab.db,
    actor,
    { deviceId, protocolVersionId, expectation: 'It installs.', takeOver },
    at,
  )

test('of two who book one device at once one gets it, and the other learns who has it and until when', async () => {
  const { id } = await addDevice(lab.db)
  const both = await Promise.all([book(id, {}, engineer), book(id, {}, bob)])
  const [first] = both.filter(({ status }) => status === 'booked')
  const refusal = both.find(({ status }) => status === 'refused')
  expect(first).toBeDefined()
  expect(refusal).toMatchObject({
    field: 'startsAt',
    reason: expect.stringMatching(
      /^(Erin|Bob) has booked T-\w+ for “Download, then install” to 12\.1, 2026-03-02 10:00 to 12:00 Europe\/Berlin\. Accepted: /,
    ),
  })
  // The next begins where this one ends.
  await booked(id, { startsAt: '2026-03-02T12:00', endsAt: '2026-03-02T13:00' }, bob)
  expect(
    await book(id, { startsAt: '2026-03-02T12:59', endsAt: '2026-03-02T14:00' }),
  ).toMatchObject({ field: 'startsAt', reason: expect.stringContaining('Bob has booked') })
})

test('the database refuses overlapping windows of a device, and no others', async () => {
  const [{ id: one }, { id: other }] = [await addDevice(lab.db), await addDevice(lab.db)]
  const insert = (deviceId: string, from: string, to: string) => lab.sql`
    insert into bookings (device_id, protocol_version_id, target, expectation, starts_at, ends_at, booked_at, booked_by_id, booked_by_name)
    values (${deviceId}, ${protocolVersionId}, '12.1', 'x', ${`2026-05-01T${from}Z`}, ${`2026-05-01T${to}Z`}, now(), 'x', 'X')
    returning id`
  const [first] = await insert(one, '10:00', '12:00')
  for (const [from, to] of [
    ['11:00', '13:00'],
    ['09:00', '10:00:00.001'],
    ['10:30', '11:00'],
    ['09:00', '13:00'],
  ] as const)
    await expect(insert(one, from, to)).rejects.toMatchObject({
      ...{ code: '23P01', constraint_name: 'one_booking_at_a_time' },
    })
  await insert(one, '12:00', '13:00')
  await insert(other, '10:00', '12:00')
  await lab.sql`update bookings set end_kind = 'withdrawn', ended_at = now(), ended_by_id = 'x', ended_by_name = 'X' where id = ${first?.id}`
  await insert(one, '10:00', '12:00')
})

test.each([
  ['a window in the past', { startsAt: '2026-03-01T10:00', endsAt: '2026-03-01T12:00' }, 'endsAt'],
  ['an end before the start', { endsAt: '2026-03-02T10:00' }, 'endsAt'],
  [
    'a time that is skipped',
    { startsAt: '2026-03-29T02:30', endsAt: '2026-03-29T05:00' },
    'startsAt',
  ],
  [
    'a time that comes twice',
    { startsAt: '2026-10-25T01:00', endsAt: '2026-10-25T02:30' },
    'endsAt',
  ],
  ['a target behind the device', { target: '11.4' }, 'target'],
  ['no target', { target: ' ' }, 'target'],
  ['no expectation', { expectation: ' ' }, 'expectation'],
  ['no such device', { deviceId: randomUUID() }, 'deviceId'],
  ['no such protocol', { protocolVersionId: randomUUID() }, 'protocolVersionId'],
])('%s is refused at its field', async (_, but, field) => {
  const { id } = await addDevice(lab.db)
  expect(await book(id, but)).toMatchObject({ status: 'refused', field })
})

test('a viewer books nothing; nor is a device that is retired or reserved booked, nor a retired protocol', async () => {
  const { id } = await addDevice(lab.db)
  expect(await book(id, {}, viewer)).toMatchObject({ reason: expect.stringContaining('role') })
  const reason = 'kept for the fix in 12.2'
  must(await holdDevice(lab.db, lead, { deviceId: id, reason, until: later(3600) }, now), 'held')
  expect(await book(id)).toMatchObject({
    field: 'startsAt',
    reason: expect.stringContaining('Lee has reserved it'),
  })
  await booked(id, { startsAt: '2026-03-02T11:00' })
  const { id: gone } = await addDevice(lab.db)
  const retire = { deviceId: gone, to: 'retired', reason: 'broken glass' } as const
  must(await retireDevice(lab.db, lead, retire, now), 'retired')
  expect(await book(gone)).toMatchObject({ field: 'deviceId', reason: 'The device is retired.' })
  const versionId = await reviewedProtocol(lab.db, { ...twoSlots, title: 'Old' })
  must(await retireProtocol(lab.db, lead, { versionId, reason: 'no longer of use' }, now), 'done')
  const { id: free } = await addDevice(lab.db)
  expect(await book(free, { protocolVersionId: versionId })).toMatchObject({
    ...{ field: 'protocolVersionId', reason: expect.stringContaining('retired by Lee') },
  })
})

test('a lead reserves no device that is booked meanwhile', async () => {
  const { id } = await addDevice(lab.db)
  await booked(id)
  const hold = { deviceId: id, reason: 'for a later fix', until: later(86_400) }
  expect(await holdDevice(lab.db, lead, hold, now)).toMatchObject({
    reason: 'Erin has booked it until 2026-03-02 11:00:00 UTC. Withdraw that booking first.',
  })
})

test('a booking becomes a draft in one step, which carries it; a released trial has used it', async () => {
  const device = await addDevice(lab.db, { serverId: undefined })
  const bookingId = await booked(device.id)
  expect(await draftBooking(lab.db, bob, { bookingId }, now)).toMatchObject({ status: 'refused' })
  const { trialId } = must(await draftBooking(lab.db, engineer, { bookingId }, now), 'done')
  expect((await findBooking(lab.db, bookingId))?.trial).toMatchObject({ id: trialId })
  expect((await listTrialEvents(lab.db, trialId))[0]?.data).toEqual({ bookingId })
  expect(await draftBooking(lab.db, engineer, { bookingId }, now)).toMatchObject({
    reason: expect.stringMatching(/^This booking became T-\d+ already\.$/),
  })
  must(await registerTrial(lab.db, engineer, { trialId }, now), 'done')
  const serialLast4 = device.serial.slice(-4)
  must(await armTrial(lab.db, engineer, { trialId, serialLast4 }, now), 'done')
  expect(await stateAt(bookingId, later(3600))).toBe('current')
  expect(await stateAt(bookingId, later(7200))).toBe('lapsed')
  const seen = await seenSlot(lab.db, trialId)
  must(await releaseSigned(lab.db, engineer, seen, now), 'released')
  expect(await stateAt(bookingId, later(7200))).toBe('used')
  expect(await withdrawBooking(lab.db, engineer, { bookingId }, later(60))).toMatchObject({
    reason: 'Nothing is left to withdraw: the booking is used.',
  })
})

test('a draft that was withdrawn gives its booking back, and what lapsed becomes no trial', async () => {
  const { id } = await addDevice(lab.db)
  const bookingId = await booked(id)
  const { trialId } = must(await draftBooking(lab.db, engineer, { bookingId }, now), 'done')
  const reason = 'wrong protocol chosen'
  must(await withdrawTrial(lab.db, engineer, { trialId, reason }, now), 'closed')
  must(await draftBooking(lab.db, engineer, { bookingId }, later(60)), 'done')
  const { id: another } = await addDevice(lab.db)
  const late = await booked(another)
  expect(await draftBooking(lab.db, engineer, { bookingId: late }, later(7200))).toMatchObject({
    reason: 'This booking can become no trial: it is lapsed.',
  })
  // The device is free again for everybody.
  must(await draftOn(another, bob, later(7200)), 'done')
})

test('while a device is booked nobody else drafts on it or registers a trial, and the name is said', async () => {
  const { id } = await addDevice(lab.db)
  const { trialId: early } = must(await draftOn(id, bob, now), 'done')
  await booked(id, { startsAt: '2026-03-02T10:30' })
  must(await draftOn(id, bob, later(60)), 'done')
  const within = later(3600)
  expect(await draftOn(id, bob, within)).toMatchObject({
    ...{ status: 'refused', field: 'deviceId' },
    reason: expect.stringMatching(
      /^Erin has booked .* Draft after that, or ask a lead to take it over\.$/,
    ),
  })
  expect(await registerTrial(lab.db, bob, { trialId: early }, within)).toMatchObject({
    reason: expect.stringMatching(/^Erin has booked .* ask a lead to withdraw the booking\.$/),
  })
  await expect(
    lab.sql`update trials set state = 'registered', registration_hash = 'x', registered_at = ${within.toISOString()} where id = ${early}`,
  ).rejects.toThrow('the device is booked by Erin for another trial')
  // Whoever booked it needs no press: a draft for the same protocol is the one that was meant.
  const { trialId } = must(await draftOn(id, engineer, within), 'done')
  must(await registerTrial(lab.db, engineer, { trialId }, within), 'done')
})

test('a draft from before its booking carries it once it is registered', async () => {
  const { id } = await addDevice(lab.db)
  const { trialId } = must(await draftOn(id, engineer, now), 'done')
  const bookingId = await booked(id, {}, engineer, later(60))
  must(await registerTrial(lab.db, engineer, { trialId }, later(120)), 'done')
  expect((await findBooking(lab.db, bookingId))?.trial?.id).toBe(trialId)
})

test('a lead takes a booked device over with a reason, which is in the record of the trial', async () => {
  const { id } = await addDevice(lab.db)
  const bookingId = await booked(id)
  const at = later(60)
  expect(await draftOn(id, bob, at, { bookingId, reason: 'I am in a hurry' })).toMatchObject({
    reason: expect.stringContaining('role lead'),
  })
  expect(await draftOn(id, lead, at)).toMatchObject({
    ...{ field: 'deviceId', reason: expect.stringContaining('Say why you take it over') },
  })
  expect(await draftOn(id, lead, at, { bookingId, reason: 'x' })).toMatchObject({
    field: 'takeOver',
  })
  const reason = 'the fix must be checked today'
  const { trialId } = must(await draftOn(id, lead, at, { bookingId, reason }), 'done')
  expect(await findBooking(lab.db, bookingId)).toMatchObject({
    ...{ endKind: 'takenOver', endReason: reason, endedByName: 'Lee', endedAt: at },
  })
  expect((await listTrialEvents(lab.db, trialId)).map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^Taken over: Erin has booked .* Reason: the fix must be checked today$/),
  )
  must(await registerTrial(lab.db, lead, { trialId }, at), 'done')
  const [entry] = await lab.sql<{ reason: string; by_name: string }[]>`
    select reason, by_name from audit_log where table_name = 'bookings' and row_id = ${bookingId} and kind = 'update'`
  expect(entry).toEqual({ reason, by_name: 'Lee' })
})

test('a reason to take over that took nothing over is in no entry of the trail', async () => {
  const { id } = await addDevice(lab.db)
  const gone = await booked(id)
  must(await withdrawBooking(lab.db, engineer, { bookingId: gone }, later(30)), 'withdrawn')
  const takeOver = { bookingId: gone, reason: 'the fix must be checked today' }
  const { trialId } = must(await draftOn(id, lead, later(60), takeOver), 'done')
  const entries = await lab.sql`select reason from audit_log where trial_id = ${trialId}`
  expect(entries.length).toBeGreaterThan(0)
  expect(entries.filter(({ reason }) => reason)).toEqual([])
})

test('a reason to take over one booking takes over no other that has come since', async () => {
  const { id } = await addDevice(lab.db)
  const shown = await booked(id)
  must(await withdrawBooking(lab.db, engineer, { bookingId: shown }, later(30)), 'withdrawn')
  const since = await booked(id, {}, bob, later(40))
  const takeOver = { bookingId: shown, reason: 'the fix must be checked today' }
  expect(await draftOn(id, lead, later(60), takeOver)).toMatchObject({
    ...{ field: 'takeOver', reason: expect.stringMatching(/^Bob has booked .* another booking/) },
  })
  expect(await findBooking(lab.db, since)).toMatchObject({ endKind: null })
})

test('one withdraws one’s own booking, a lead another’s with a reason, and the window is free', async () => {
  const { id } = await addDevice(lab.db)
  const mine = await booked(id)
  expect(await withdrawBooking(lab.db, bob, { bookingId: mine }, now)).toMatchObject({
    reason: expect.stringContaining('role lead'),
  })
  expect(await withdrawBooking(lab.db, lead, { bookingId: mine }, now)).toMatchObject({
    field: 'reason',
  })
  must(await withdrawBooking(lab.db, engineer, { bookingId: mine }, now), 'withdrawn')
  const next = await booked(id, {}, bob)
  const reason = 'device goes to repair'
  must(await withdrawBooking(lab.db, lead, { bookingId: next, reason }, now), 'withdrawn')
  const all = await listBookings(lab.db, { deviceId: id })
  const reasons = new Map(all.map((one) => [one.id, one.endReason]))
  expect(reasons).toEqual(
    new Map([
      [mine, null],
      [next, reason],
    ]),
  )
  await expect(lab.sql`update bookings set end_reason = 'x' where id = ${next}`).rejects.toThrow(
    'this booking was withdrawn before',
  )
  await expect(lab.sql`delete from bookings where id = ${next}`).rejects.toThrow('only grows')
})

test('the rest of a window is free once its trial has ended', async () => {
  const device = await addDevice(lab.db)
  const bookingId = await booked(device.id)
  const { trialId } = must(await draftBooking(lab.db, engineer, { bookingId }, now), 'done')
  must(await registerTrial(lab.db, engineer, { trialId }, now), 'done')
  const serialLast4 = device.serial.slice(-4)
  must(await armTrial(lab.db, engineer, { trialId, serialLast4 }, now), 'done')
  must(await releaseSigned(lab.db, engineer, await seenSlot(lab.db, trialId), now), 'released')
  expect(await book(device.id, {}, bob, later(60))).toMatchObject({ status: 'refused' })
  const reason = 'the cable is broken'
  must(await withdrawTrial(lab.db, engineer, { trialId, reason }, later(30)), 'closed')
  const rest = { startsAt: '2026-03-02T10:01' }
  const next = await booked(device.id, rest, bob, later(60))
  expect(await findBooking(lab.db, bookingId)).toMatchObject({ endKind: 'givenBack' })
  expect(await stateAt(next, later(61))).toBe('current')
})

test('a device that is retired is booked and waited for no longer', async () => {
  const { id } = await addDevice(lab.db)
  const early = await booked(id)
  const late = await booked(id, { startsAt: '2026-03-03T10:00', endsAt: '2026-03-03T12:00' })
  const wait = { deviceId: id, protocolVersionId, priority: 'usual' } as const
  must(await joinQueue(lab.db, bob, wait, now), 'joined')
  const reason = 'the screen is broken'
  must(await retireDevice(lab.db, lead, { deviceId: id, to: 'retired', reason }, now), 'retired')
  for (const bookingId of [early, late])
    expect(await findBooking(lab.db, bookingId)).toMatchObject({
      ...{ endKind: 'withdrawn', endedAt: now, endedByName: 'Lee' },
      endReason: 'the device was retired: the screen is broken',
    })
  expect(await listQueue(lab.db, { deviceId: id }, now)).toEqual([])
  must(await retireDevice(lab.db, lead, { deviceId: id, to: 'in use', reason }, now), 'in use')
  must(await book(id, {}, bob), 'booked')
})
