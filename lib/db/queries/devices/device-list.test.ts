import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { listDeviceFacets } from './device-facets'
import { countDevices, type DeviceQuery, listDevices } from './device-list'
import { insertDevice, type NewDevice } from './devices'
import { insertReadings } from './readings'
import { putDeviceVerdict } from './verdicts'

const now = new Date('2026-03-02T09:00:00Z')
const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

let lab: TestDb
let db: Db

type Given = Partial<NewDevice> & { os?: string; verdict?: 'qualified' | 'no'; staleAt?: Date }

const add = async ({ os, verdict, staleAt, ...given }: Given) => {
  const { id } = await insertDevice(db, { name: 'Device', platform: 'iOS', ...given })
  if (os)
    await insertReadings(db, id, [
      { field: 'osVersion', value: os, source: 'typed', answeredAt: now, byName: 'Erin' },
      { field: 'batteryLevel', value: 0.5, source: 'typed', answeredAt: now, byName: 'Erin' },
    ])
  if (verdict)
    await putDeviceVerdict(db, {
      deviceId: id,
      overall: verdict,
      reason: `because ${verdict}`,
      failing: 0,
      unknown: 0,
      warnings: 0,
      ruleSetVersion: '1',
      judgedAt: now,
      staleAt: staleAt ?? null,
    })
  return id
}

beforeAll(async () => {
  lab = await createTestDb()
  db = lab.db
  await add({
    labTag: 'A-1',
    name: 'Zoe',
    os: '11.4',
    modelIdentifier: 'iPhone10,3',
    verdict: 'qualified',
  })
  await add({
    labTag: 'A-2',
    name: 'yan',
    os: '11.10',
    lastSeenAt: before(5),
    verdict: 'qualified',
    staleAt: before(0),
  })
  await add({ labTag: 'B-1', name: 'Xia', os: '9.3.5', lastSeenAt: before(50), verdict: 'no' })
  await add({
    labTag: 'b-2',
    name: 'Wes',
    os: '15E216',
    platform: 'iPadOS',
    modelIdentifier: 'iPad7,5',
    modelName: 'iPad 6',
  })
  await add({ name: '100% new', serial: 'C39VC0ABC', location: 'Shelf 7' })
  await add({ labTag: 'OLD', name: 'Old', os: '8.0', retiredAt: now })
  await add({ labTag: 'V-1', name: 'Virtual', os: '12.0', simulated: true })
})
afterAll(() => lab.drop())

const names = async (query: Partial<DeviceQuery>, at = now) =>
  (await listDevices(db, { environment: 'real', ...query }, at)).rows.map(({ name }) => name)

test('a device that waits for a lab tag comes first, then tags in any letter case', async () => {
  expect(await names({})).toEqual(['100% new', 'Zoe', 'yan', 'Xia', 'Wes'])
})

test('OS versions are sorted by number, with what is no version below them', async () => {
  expect((await names({ sort: 'osVersion', direction: 'desc' })).slice(0, 3)).toEqual([
    'yan',
    'Zoe',
    'Xia',
  ])
})

test('the device seen last comes first, the ones never seen at the end', async () => {
  const sorted = await names({ sort: 'lastSeen', direction: 'desc' })
  expect(sorted.slice(0, 2)).toEqual(['yan', 'Xia'])
})

test('names are sorted without regard to letter case', async () => {
  expect(await names({ sort: 'name' })).toEqual(['100% new', 'Wes', 'Xia', 'yan', 'Zoe'])
})

test('a verdict whose readings have gone stale is shown, filtered and sorted as not yet', async () => {
  const { rows } = await listDevices(db, { environment: 'real' }, now)
  const seen = new Map(rows.map(({ name, verdict, reason }) => [name, [verdict, reason]]))
  expect(seen.get('Zoe')).toEqual(['qualified', 'because qualified'])
  expect(seen.get('yan')).toEqual(['notYet', 'Readings are stale'])
  expect(seen.get('Wes')).toEqual(['notYet', 'Not judged yet'])
  expect(await names({ filter: { verdict: 'qualified' } })).toEqual(['Zoe'])
  expect(await names({ filter: { verdict: 'qualified' } }, before(1))).toEqual(['Zoe', 'yan'])
  expect(await names({ sort: 'verdict' })).toEqual([
    'Zoe',
    ...(await names({ filter: { verdict: 'notYet' }, sort: 'verdict' })),
    'Xia',
  ])
})

test('the simulated and the real lab are never in one list, and retired devices in none but their own', async () => {
  expect(await names({ environment: 'simulated' })).toEqual(['Virtual'])
  expect(await names({ filter: { retired: true } })).toEqual(['Old'])
})

test.each([
  [{ platform: 'iPadOS' }, ['Wes']],
  [{ version: '11.4' }, ['Zoe']],
  [{ modelIdentifier: 'iPhone10,3' }, ['Zoe']],
  [{ text: 'c39vc' }, ['100% new']],
  [{ text: ' SHELF 7 ' }, ['100% new']],
  [{ text: '100%' }, ['100% new']],
  [{ text: '%' }, ['100% new']],
  [{ text: '_' }, []],
  [{ text: "'; drop table devices; --" }, []],
  [{ platform: 'iOS', text: 'zoe', verdict: 'no' }, []],
] as const)('the filter %o finds %o, and counts as many', async (filter, found) => {
  expect(await names({ filter })).toEqual(found)
  expect(await countDevices(db, { environment: 'real', filter }, now)).toBe(found.length)
})

const sorts = ['labTag', 'name', 'osVersion', 'lastSeen', 'verdict'] as const
test.each(sorts.flatMap((sort) => (['asc', 'desc'] as const).map((way) => [sort, way] as const)))(
  'paging by %s %s shows every device once, forwards and back',
  async (sort, direction) => {
    const all = await names({ sort, direction })
    const page = (cursor?: string) =>
      listDevices(db, { environment: 'real', sort, direction, cursor, limit: 2 }, now)
    const first = await page()
    const second = await page(first.next)
    const third = await page(second.next)
    expect([first, second, third].flatMap(({ rows }) => rows.map(({ name }) => name))).toEqual(all)
    expect([first.previous, third.next]).toEqual([undefined, undefined])
    const back = await page(third.previous)
    expect(back.rows).toEqual(second.rows)
    expect((await page(back.previous)).rows).toEqual(first.rows)
  },
)

test.each(['', 'nonsense', 'W10', Buffer.from('["after","x"]').toString('base64url')])(
  'a mangled place in the address ("%s") leads to the first page',
  async (cursor) => {
    expect(await names({ cursor, sort: 'lastSeen' })).toEqual(await names({ sort: 'lastSeen' }))
  },
)

test('a row carries its readings with source and time, and the raw text where it is no version', async () => {
  const { rows } = await listDevices(
    db,
    { environment: 'real', filter: { platform: 'iPadOS' } },
    now,
  )
  expect(rows).toMatchObject([
    {
      osVersion: { value: '15E216', source: 'typed', answeredAt: now },
      battery: { value: 0.5 },
      osBuild: undefined,
    },
  ])
})

test('the filters offer the versions and models of one environment, the newest version first', async () => {
  expect(await listDeviceFacets(db, 'real')).toEqual({
    versions: ['11.10', '11.4', '9.3.5', '8.0', '15E216'],
    models: [
      { modelIdentifier: 'iPad7,5', modelName: 'iPad 6' },
      { modelIdentifier: 'iPhone10,3', modelName: null },
    ],
  })
  expect(await listDeviceFacets(db, 'simulated')).toEqual({ versions: ['12.0'], models: [] })
})

test('the default order and its pages are read from an index, however many devices there are', async () => {
  await lab.sql`insert into devices (name, platform, lab_tag, simulated)
    select 'Many', 'iOS', 'Z-' || n, true from generate_series(1, 3000) n`
  await lab.sql`analyze devices`
  const plan = await lab.sql`explain select id from devices
    where simulated = true and retired_at is null and (coalesce(lower(lab_tag), ''), id) > ('z-5', gen_random_uuid())
    order by coalesce(lower(lab_tag), ''), id limit 51`
  expect(JSON.stringify(plan)).toContain('devices_by_tag')
})
