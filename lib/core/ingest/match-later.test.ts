import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRawEvent, listUnreadByDevice } from '@/lib/db/queries/events/raw-events'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { casesOf, fc } from '@/lib/property.testing'
import { carryOn } from '@/lib/worker/carry-on'
import { saveDevice } from '../devices/save-device'
import { addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must, now } from '../testing/people'
import { keepEvent } from './keep-events'
import { readOrSetAside } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const captured = (name: string) =>
  readFileSync(
    fileURLToPath(new URL(`../../mdm/testdata/cases/${name}.plist`, import.meta.url)),
    'utf8',
  )
const kinds = {
  Authenticate: captured('34-enrol-authenticate'),
  TokenUpdate: captured('34-enrol-tokenupdate'),
}
type Kind = keyof typeof kinds | 'Idle'

/** A webhook body as NanoMDM posts it, or without `ids` as MicroMDM does. */
function body(
  kind: Kind,
  udid: string,
  { micromdm = false, tally = 0, serial = udid } = {},
): Uint8Array {
  const plist =
    kind === 'Idle'
      ? `<plist version="1.0"><dict><key>Status</key><string>Idle</string><key>UDID</key><string>${udid}</string></dict></plist>`
      : kinds[kind].replaceAll('DEVICE_UDID', udid).replace('DMPRACE00001', serial)
  const about = {
    udid,
    raw_payload: Buffer.from(plist).toString('base64'),
    ...(!micromdm && { ids: { id: udid, type: 'Device' } }),
  }
  const event =
    kind === 'Idle'
      ? { topic: 'mdm.Connect', acknowledge_event: { ...about, status: 'Idle' } }
      : { topic: `mdm.${kind}`, checkin_event: about }
  const head = { event_id: `${kind}${tally}`, created_at: now.toISOString() }
  return Buffer.from(JSON.stringify({ ...head, ...event }))
}

const keep = async (serverId: string, bytes: Uint8Array, s: number) =>
  (await keepEvent(lab.db, serverId, bytes, later(s))) ?? 0

const read = (id: number, s: number) => readOrSetAside(lab.db, id, later(s))

/** Runs rounds of the worker until nothing is unread. */
async function settle(s: number): Promise<void> {
  const round = () => carryOn({ db: lab.db, servers: fakeServer().servers, clock: () => later(s) })
  while ((await listUnreadByDevice(lab.db, 1)).length > 0) await Promise.all([round(), round()])
}

const statesOf = async (ids: number[]) => {
  const found = await Promise.all(ids.map((id) => findRawEvent(lab.db, id)))
  return found.map((event) => [event?.readState, event?.deviceId !== null])
}

test('a TokenUpdate right behind its Authenticate is matched every time, by several readers at once', async () => {
  const [nano, micro] = [await addServer(lab.db), await addServer(lab.db)]
  for (let round = 0; round < 30; round += 1) {
    const udid = `00008020-${String(round).padStart(12, '0')}`
    const micromdm = round % 2 === 1
    const serverId = micromdm ? micro : nano
    const kinds: Kind[] =
      round % 3 === 0 ? ['TokenUpdate', 'Authenticate'] : ['Authenticate', 'TokenUpdate']
    const ids: number[] = []
    for (const kind of kinds) ids.push(await keep(serverId, body(kind, udid, { micromdm }), 10))
    // Each event by two readers at once, as with two workers.
    await Promise.all([...ids, ...ids.toReversed()].map((id) => read(id, 11)))
    await settle(12)
    expect([round, await statesOf(ids)]).toEqual([
      round,
      [
        ['read', true],
        ['read', true],
      ],
    ])
  }
})

test('in whatever order the events of a new device arrive and are read, all are matched to it in the end', async () => {
  const serverId = await addServer(lab.db)
  let devices = 0
  const order = fc.shuffledSubarray<Kind>(['Authenticate', 'TokenUpdate', 'TokenUpdate', 'Idle'], {
    minLength: 4,
  })
  const property = fc.asyncProperty(
    order,
    fc.boolean(),
    fc.boolean(),
    async (kinds, micromdm, atOnce) => {
      devices += 1
      const udid = `order-${String(devices).padStart(9, '0')}`
      const ids: number[] = []
      for (const [tally, kind] of kinds.entries()) {
        const id = await keep(serverId, body(kind, udid, { micromdm, tally }), 20)
        // An idle poll of a known device leaves no event.
        if (id > 0) ids.push(id)
        if (!atOnce) await read(id, 21)
      }
      await Promise.all(ids.map((id) => read(id, 22)))
      await settle(23)
      for (const [state, matched] of await statesOf(ids))
        expect([state, matched]).toEqual(['read', true])
    },
  )
  await fc.assert(property, { numRuns: casesOf(40) })
})

test('two devices with one serial that enrol at once are both read, and neither event is lost', async () => {
  const servers = [await addServer(lab.db), await addServer(lab.db)]
  const ids: number[] = []
  for (const [i, serverId] of servers.entries()) {
    const bytes = body('Authenticate', `twin-${i}`, { serial: 'DMPTWIN00001' })
    ids.push(await keep(serverId, bytes, 30))
  }
  await Promise.all(ids.map((id) => read(id, 31)))
  const states = (await statesOf(ids)).map(([state]) => state)
  expect(states).not.toContain('unreadable')
  expect(states).not.toContain('unread')
})

test('events that wait for a device are read when a person adds it', async () => {
  const serverId = await addServer(lab.db)
  const udid = 'waits-000000001'
  const id = await keep(serverId, body('TokenUpdate', udid), 40)
  expect(await read(id, 41)).toMatchObject({ readState: 'unmatched' })
  expect(await findRawEvent(lab.db, id)).toMatchObject({ waitsForDevice: true })
  const draft = {
    ...{
      labTag: 'W-1',
      name: 'Bench',
      enrollmentId: udid,
      serial: '',
      platform: 'iPadOS' as const,
    },
    ...{ modelIdentifier: '', modelName: '', location: '', holder: '', notes: '' },
  }
  must(await saveDevice(lab.db, engineer, { draft, mdmServerId: serverId }, later(42)), 'saved')
  expect(await findRawEvent(lab.db, id)).toMatchObject({ readState: 'unread', rereadBy: 'Oneway' })
  await settle(43)
  expect(await statesOf([id])).toEqual([['read', true]])
})

test('an enrollment ID typed in another case is another device, and its events are not reprocessed forever', async () => {
  const serverId = await addServer(lab.db)
  const id = await keep(serverId, body('TokenUpdate', 'Other-Letters-1'), 45)
  await lab.sql`insert into devices (name, platform, enrollment_id, mdm_server_id) values ('x', 'iPadOS', 'other-letters-1', ${serverId})`
  await settle(46)
  expect(await findRawEvent(lab.db, id)).toMatchObject({ readState: 'unmatched' })
})

test('an event is not left unmatched if its device was added while it was read', async () => {
  const serverId = await addServer(lab.db)
  const udid = 'meanwhile-00001'
  const id = await keep(serverId, body('TokenUpdate', udid), 50)
  await lab.sql`insert into devices (name, platform, enrollment_id, mdm_server_id) values ('x', 'iPadOS', ${udid}, ${serverId})`
  // Like a reader that looked for the device before it was added.
  await lab.sql`update raw_events set read_state = 'unmatched', reason = 'late', waits_for_device = true where id = ${id}`
  expect(await findRawEvent(lab.db, id)).toMatchObject({ readState: 'unread', reason: null })
})

test('no reader takes an event of a device before the earlier ones are read', async () => {
  const serverId = await addServer(lab.db)
  const udid = 'in-order-000001'
  const [first, second] = [
    await keep(serverId, body('Authenticate', udid), 60),
    await keep(serverId, body('TokenUpdate', udid), 60),
  ]
  const other = await keep(serverId, body('Authenticate', 'in-order-000002'), 60)
  expect(await read(second, 61)).toBeUndefined()
  expect(await read(other, 61)).toMatchObject({ readState: 'read' })
  expect(await read(first, 61)).toMatchObject({ readState: 'read' })
  expect(await read(second, 61)).toMatchObject({ readState: 'read' })
})
