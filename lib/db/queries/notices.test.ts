import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '../testing'
import { createNoticeBoard, type Notice } from './notices'

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
