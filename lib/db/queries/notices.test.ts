import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LiveList, liveLists } from '@/lib/domain/live'
import { createTestDb, type TestDb } from '../testing'
import { concerns, createNoticeBoard, type Following, type Notice } from './notices'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

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

  leave?.()
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
