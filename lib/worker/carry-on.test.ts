import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '@/lib/db/client'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { fakeServer } from '../core/testing/mdm-server'
import { later } from '../core/testing/people'
import { releasedTrial } from '../core/testing/trial'
import { carryOn, judgeStale } from './carry-on'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const released = () => releasedTrial(lab.db)

test('a command that cannot be sent delays no other, and the round reports it', async () => {
  const [bad, good] = [await released(), await released()]
  const { servers, ledger } = fakeServer()
  const some = async (serverId: string) => {
    if (serverId === bad.device.mdmServerId) throw new Error('its settings make no client')
    return servers()
  }
  const round = carryOn({ db: lab.db, servers: some, clock: () => later(121) })
  await expect(round).rejects.toMatchObject({
    errors: [{ message: 'its settings make no client' }],
  })
  expect(ledger.enqueued).toContain(good.commandUuid)
  expect(await findCommand(lab.db, bad.commandUuid)).toMatchObject({ state: 'reserved' })
  await carryOn({ db: lab.db, servers, clock: () => later(122) })
  expect(ledger.enqueued.filter((uuid) => uuid === bad.commandUuid)).toHaveLength(1)
})

test('a command whose trial was closed in the meantime lapses, is not sent, and the record says so', async () => {
  const { trialId, commandUuid } = await released()
  await lab.sql`update trials set state = 'withdrawn' where id = ${trialId}`
  const { servers, ledger } = fakeServer()
  await carryOn({ db: lab.db, servers, clock: () => later(121) })
  expect(ledger.enqueued).not.toContain(commandUuid)
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'lapsed' })
  expect((await listTrialEvents(lab.db, trialId)).at(-1)).toMatchObject({
    kind: 'recorded',
    text: 'Command 1 was not sent: the trial is withdrawn',
  })
})

test('a device that changes while its verdict is judged is judged again', async () => {
  const { device } = await released()
  await judgeStale(lab.db, later(10))
  await lab.sql`update device_verdicts set judge_again = true where device_id = ${device.id}`
  const other = connect(lab.url, { max: 1 })
  const reader = await other.sql.reserve()
  // A reader of events marks the device, and has not committed yet what the device has answered.
  await reader`begin`
  await reader`update device_verdicts set judge_again = true where device_id = ${device.id}`
  const judging = judgeStale(lab.db, later(11))
  const isWaiting = async () => {
    const [row] = await lab.sql`select count(*)::int as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    return row?.waiting
  }
  await expect.poll(isWaiting).toBe(1)
  await reader`commit`
  reader.release()
  await other.end()
  await judging
  const isMarked = async () => {
    const [row] =
      await lab.sql`select judge_again from device_verdicts where device_id = ${device.id}`
    return row?.judge_again
  }
  expect(await isMarked()).toBe(true)
  await judgeStale(lab.db, later(12))
  expect(await isMarked()).toBe(false)
})
