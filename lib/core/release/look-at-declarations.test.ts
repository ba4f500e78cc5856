import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { DeclarationServer } from '@/lib/mdm/declarations/declaration-server'
import { addDevice } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, must, now } from '../testing/people'
import { lookAtDeclarations } from './look-at-declarations'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const own = 'lab.oneway.0f8b7a52-6d1c-4f7e-9a3b-2c4d5e6f7a8b.enforce'
const asked: string[] = []
const notNeeded = () => Promise.reject(new Error('a look does not ask for it'))
const serversWith =
  (
    sets: DeclarationServer['sets'] | undefined,
  ): (() => ReturnType<ReturnType<typeof fakeServer>['servers']>) =>
  async () => {
    const server = await fakeServer().servers()
    const declarations: DeclarationServer | undefined = sets && {
      ...{ name: 'KMFDDM', version: server.version, tryKey: server.tryKey },
      ...{ step: notNeeded, read: notNeeded, notify: notNeeded, statusReport: notNeeded },
      sets: (enrollmentId) => {
        asked.push(enrollmentId)
        return sets(enrollmentId)
      },
    }
    return { ...server, ...(declarations && { declarations }) }
  }
const look = (deviceId: string, sets?: DeclarationServer['sets'], actor = engineer) =>
  lookAtDeclarations(lab.db, serversWith(sets), actor, { deviceId }, () => now)

test('every set of the device is shown, and which declarations are named as ours', async () => {
  const device = await addDevice(lab.db)
  const type = 'com.apple.configuration.softwareupdate.enforcement.specific'
  const seen = await look(device.id, async () => ({
    ...{ ok: true, attached: ['production'], leftOut: 3 },
    sets: [
      {
        set: 'production',
        declarations: [
          { identifier: own, type, aboutUpdates: true },
          { identifier: 'com.acme.odd/name', aboutUpdates: false },
        ],
      },
    ],
  }))
  expect(asked.at(-1)).toBe(device.enrollmentId)
  expect(must(seen, 'seen')).toEqual({
    ...{ status: 'seen', name: 'KMFDDM', at: now, leftOut: 3 },
    sets: [
      {
        set: 'production',
        declarations: [
          { identifier: own, type, aboutUpdates: true, named: 'asOneway' },
          { identifier: 'com.acme.odd/name', aboutUpdates: false, named: 'otherwise' },
        ],
      },
    ],
  })
})

test('what could not be read is no empty list', async () => {
  const device = await addDevice(lab.db)
  expect(await look(device.id, async () => ({ ok: false, reason: 'no answer' }))).toEqual({
    ...{ status: 'refused', reason: 'KMFDDM could not be read: no answer.' },
  })
  expect(await look(device.id)).toMatchObject({
    ...{ status: 'refused', reason: expect.stringContaining('No declarations are kept') },
  })
  expect(await look(crypto.randomUUID())).toMatchObject({ status: 'refused' })
})

test('a viewer asks no server', async () => {
  const device = await addDevice(lab.db)
  const before = asked.length
  const empty = async () => ({ ok: true as const, attached: [], sets: [], leftOut: 0 })
  expect(await look(device.id, empty, { ...engineer, role: 'viewer' })).toMatchObject({
    status: 'refused',
  })
  expect(asked).toHaveLength(before)
})
