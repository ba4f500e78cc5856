import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type LiveList, liveLists } from '@/lib/domain/live'
import { createTestDb, type TestDb } from '../testing'
import { concerns, createNoticeBoard, type Following, type Notice } from './notices'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

// The driver's own timers go on.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

const notify = (payload: string) => lab.sql`select pg_notify('oneway', ${payload})`
const listening = () =>
  lab.sql`select 1 from pg_stat_activity where query ilike 'listen %' and datname = current_database()`

test('what the database tells reaches every listener by one LISTEN, until it has left', async () => {
  const subscribe = createNoticeBoard(lab.sql)
  const received: [Notice[], Notice[]] = [[], []]
  const [leave] = await Promise.all(
    received.map((notices) => subscribe((notice) => notices.push(notice))),
  )
  const trial = { about: 'trial', trialId: 't1' }
  await notify(JSON.stringify(trial))
  await expect.poll(() => received.map((notices) => notices.at(-1))).toEqual([trial, trial])
  expect(await listening()).toHaveLength(1)

  leave?.unsubscribe()
  await notify('no json')
  await expect.poll(() => received[1].at(-1)).toEqual({ about: 'anything' })
  expect(received[0].at(-1)).toEqual(trial)
})

test('after the connection was cut every page is told to look again', async () => {
  const subscribe = createNoticeBoard(lab.sql)
  const received: Notice[] = []
  await subscribe((notice) => received.push(notice))
  received.length = 0
  await lab.sql`select pg_terminate_backend(pid) from pg_stat_activity
    where query ilike 'listen %' and datname = current_database()`
  await expect.poll(() => received).toContainEqual({ about: 'anything' })
})

test('a page is told of what changed between its request and its stream, and of nothing else', async () => {
  const subscribe = createNoticeBoard(lab.sql)
  const before = new Date(Date.now() - 60_000)
  const { mayHaveChanged } = await subscribe(() => undefined)
  const follows = { trialId: 't1' }
  // Nobody listened yet when this page was asked for.
  expect(mayHaveChanged(before, follows)).toBe(true)

  // Beyond what clocks may differ by.
  const asked = new Date(Date.now() + 6000)
  vi.setSystemTime(Date.now() + 7000)
  expect(mayHaveChanged(asked, follows)).toBe(false)
  const received: Notice[] = []
  await subscribe((notice) => received.push(notice))
  await notify(JSON.stringify({ about: 'trial', trialId: 't1' }))
  await expect.poll(() => received).toHaveLength(1)
  expect(mayHaveChanged(asked, follows)).toBe(true)
  expect(mayHaveChanged(asked, { trialId: 't2' })).toBe(false)
  expect(mayHaveChanged(asked, { lists: ['trials'] })).toBe(true)
  expect(mayHaveChanged(new Date(Date.now() + 6000), follows)).toBe(false)
})

test('what changed so long ago that it is not kept any more may be anything', async () => {
  const subscribe = createNoticeBoard(lab.sql)
  const received: Notice[] = []
  const { mayHaveChanged } = await subscribe((notice) => received.push(notice))
  const asked = new Date(Date.now() + 6000)
  vi.setSystemTime(Date.now() + 7000)
  await lab.sql`select pg_notify('oneway', json_build_object('about', 'trial', 'trialId', n::text)::text)
    from generate_series(1, 1500) n`
  await expect.poll(() => received.length).toBe(1500)
  expect(mayHaveChanged(asked, { trialId: 't1' })).toBe(false)
  vi.setSystemTime(Date.now() + 20_000)
  await lab.sql`select pg_notify('oneway', json_build_object('about', 'trial', 'trialId', n::text)::text)
    from generate_series(1501, 3000) n`
  await expect.poll(() => received.length).toBe(3000)
  expect(mayHaveChanged(asked, { trialId: 't1' })).toBe(true)
})

test.each<[string, Notice, Following, boolean]>([
  ['its trial', { about: 'trial', trialId: 't1' }, { trialId: 't1', deviceId: 'd1' }, true],
  ['another trial', { about: 'trial', trialId: 't2' }, { trialId: 't1', deviceId: 'd1' }, false],
  ['its device', { about: 'device', deviceId: 'd1' }, { deviceId: 'd1' }, true],
  ['a list', { about: 'list', list: 'radars' }, { deviceId: 'd1' }, false],
  ['a list that it shows', { about: 'list', list: 'radars' }, { lists: ['radars'] }, true],
  ['another list', { about: 'list', list: 'people' }, { lists: ['radars'] }, false],
  ['any trial', { about: 'trial', trialId: 't1' }, { lists: ['trials'] }, true],
  ['any device', { about: 'device', deviceId: 'd1' }, { lists: ['devices', 'trials'] }, true],
  ['any device', { about: 'device', deviceId: 'd1' }, { lists: ['radars'] }, false],
  ['a lost connection', { about: 'anything' }, { trialId: 't1' }, true],
  ['whatever there is', { about: 'list', list: 'people' }, {}, true],
])('a notice about %s: %j, to a page that follows %j: %s', (_, notice, following, expected) => {
  expect(concerns(notice, following)).toBe(expected)
})

const listsOfTriggers = (): LiveList[] => {
  const text = readFileSync('lib/db/sql/guards/notify_list.sql', 'utf8')
  const named = [...text.matchAll(/notify_list\('(\w+)'\)/g)].map(([, name]) => name)
  return liveLists.filter((list) => named.includes(list))
}

test('each list is told of by a trigger, or by the notices of devices, trials and events', () => {
  expect([...listsOfTriggers(), 'events', 'trials'].sort()).toEqual([...liveLists])
})

test('a new person is told to the list of people, and a server that did not change to nobody', async () => {
  const subscribe = createNoticeBoard(lab.sql)
  const received: Notice[] = []
  await subscribe((notice) => received.push(notice))
  received.length = 0
  await lab.sql`update mdm_servers set name = name where false`
  await lab.sql`insert into users (id, name, email, role) values ('u1', 'Ada', 'ada@example.org', 'viewer')`
  await expect.poll(() => received).toEqual([{ about: 'list', list: 'people' }])
})
