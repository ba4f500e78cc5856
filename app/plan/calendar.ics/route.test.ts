import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyFor, own, type ServedLab, serveLab } from '@/lib/auth/served-lab.testing'
import { revokeApiKey } from '@/lib/core/accounts/api-keys'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, lead, must } from '@/lib/core/testing/people'
import { reviewedProtocol } from '@/lib/core/testing/trial'
import { bookTrial, withdrawBooking } from '@/lib/core/trials/book-trial'
import { labField } from '@/lib/domain/text/lab-time'

let lab: ServedLab
let get: typeof import('./route').GET

beforeAll(async () => {
  lab = await serveLab()
  get = (await import('./route')).GET
})

afterAll(() => lab.end())

const ask = (query: string, headers: Record<string, string> = {}) =>
  get(new Request(`${own}/plan/calendar.ics${query}`, { headers }))
const lines = async (query: string) =>
  (await (await ask(query)).text()).replaceAll('\r\n ', '').split('\r\n')

/** Books an hour on a new device, so many hours ahead. */
async function book(hours: number) {
  const { id: deviceId } = await addDevice(lab.db)
  const protocolVersionId = await reviewedProtocol(lab.db)
  const at = (more: number) => labField(new Date(Date.now() + more * 3_600_000), 'UTC')
  const window = { startsAt: at(hours), endsAt: at(hours + 1) }
  const what = { deviceId, protocolVersionId, target: '12.1', expectation: 'It installs.' }
  const booked = await bookTrial(lab.db, engineer, { ...what, ...window }, new Date())
  return { deviceId, window, ...must(booked, 'booked') }
}

test('a program follows a booking by a key in the address: the same UID, until it is cancelled', async () => {
  const { actor, key, keyId } = await keyFor(lab.db, ['calendar'])
  const { bookingId, window } = await book(2)
  const answer = await ask(`?environment=real&key=${key}`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/calendar'),
  ])
  const before = await lines(`?environment=real&key=${key}`)
  const inUtc = (text: string) => `${text.replaceAll(/[-:]/g, '')}00Z`
  for (const line of [
    `UID:booking-${bookingId}@oneway`,
    `DTSTART:${inUtc(window.startsAt)}`,
    `DTEND:${inUtc(window.endsAt)}`,
    'SEQUENCE:0',
    'STATUS:CONFIRMED',
  ])
    expect(before).toContain(line)
  expect(before.join()).not.toContain(key)
  const reason = 'device goes to repair'
  must(await withdrawBooking(lab.db, lead, { bookingId, reason }, new Date()), 'withdrawn')
  const after = await lines(`?environment=real&key=${key}`)
  for (const line of [`UID:booking-${bookingId}@oneway`, 'SEQUENCE:1', 'STATUS:CANCELLED'])
    expect(after).toContain(line)
  expect(await lines(`?environment=simulated&key=${key}`)).not.toContain('BEGIN:VEVENT')
  must(await revokeApiKey(lab.db, actor, keyId, new Date()), 'revoked')
  expect((await ask(`?key=${key}`)).status).toBe(401)
})

test('one device is asked for by its ID; another key, a wrong name and a wrong value are refused', async () => {
  const { key } = await keyFor(lab.db, ['calendar'])
  const [one, other] = [await book(3), await book(3)]
  const text = (await lines(`?device=${one.deviceId}&key=${key}`)).join()
  expect([text.includes(one.bookingId), text.includes(other.bookingId)]).toEqual([true, false])
  for (const wrong of ['colour=red', 'device=B-01', 'span=week', 'environment=none'])
    expect((await ask(`?${wrong}&key=${key}`)).status).toBe(400)
  const { key: reader } = await keyFor(lab.db, ['read'])
  expect((await ask(`?key=${reader}`)).status).toBe(403)
  expect((await ask('', { authorization: `Bearer ${reader}` })).status).toBe(200)
  expect((await ask('')).status).toBe(401)
})
