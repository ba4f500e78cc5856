import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepEvent } from '@/lib/core/ingest/keep-events'
import { recordHeartbeat } from '@/lib/core/ingest/listener-health'
import { queryDevice } from '@/lib/core/release/query-device'
import { addDevice, addServer } from '@/lib/core/testing/device'
import { fakeServer } from '@/lib/core/testing/mdm-server'
import { engineer, later, must, now } from '@/lib/core/testing/people'
import { releasedTrial } from '@/lib/core/testing/trial'
import { answerBody } from '@/lib/core/testing/webhook'
import { nextSendDueAt, nextVerdictDueAt } from '@/lib/db/queries/due'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { carryOn, stepDue } from './carry-on'

let lab: TestDb
beforeEach(async () => {
  lab = await createTestDb()
})
afterEach(() => lab.drop())

const { servers } = fakeServer()

/** What a round may have changed: the record, and the cache of verdicts. */
async function state() {
  const [row] = await lab.sql`select (select seq from audit_head) as seq,
    (select string_agg(device_id || judged_at::text, ',' order by device_id) from device_verdicts) as verdicts`
  return JSON.stringify(row)
}

async function dueAt(second: number) {
  const clock = () => later(second)
  const dues = [
    await stepDue({ db: lab.db, clock })(),
    await nextSendDueAt(lab.db, clock()),
    await nextVerdictDueAt(lab.db, clock()),
  ]
  const times = dues.flatMap((due) => (due ? [(due.getTime() - now.getTime()) / 1000] : []))
  return Math.min(...times)
}

/**
 * Runs rounds at these seconds. Each that changed something after one that changed nothing must have been due by then: the
 * worker would have slept longer otherwise.
 * @returns the seconds of those rounds, and those at which nothing was due before the next round
 */
async function walk(seconds: readonly number[]) {
  const [changed, slept]: [number[], number[]] = [[], []]
  let due: number | undefined
  for (const second of seconds) {
    const before = await state()
    await carryOn({ db: lab.db, servers, clock: () => later(second) })
    const same = (await state()) === before
    if (!same && due !== undefined) {
      expect(due, `what was done at ${second} s`).toBeLessThanOrEqual(second)
      changed.push(second)
    }
    due = same ? await dueAt(second) : undefined
    if (due !== undefined && due > second) slept.push(second)
  }
  return { changed, slept }
}

const every = (step: number, to: number, from = 0) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)

test('a hold, probes, verdicts and a deadline are due when a round finds them', async () => {
  const { device, commandUuid } = await releasedTrial(lab.db)
  const sent = await walk(every(10, 200))
  expect(sent.changed).toContain(120)
  const answer = { ...device, commandUuid, status: 'Acknowledged', at: later(205) }
  await keepEvent(lab.db, device.mdmServerId, answerBody(answer), later(205))
  expect(await dueAt(206)).toBe(206)
  const { changed, slept } = await walk(every(30, 4000, 210))
  // Probes go on until the deadline at 3,720 s, which is recorded.
  expect(changed.length).toBeGreaterThan(1)
  expect(slept.length).toBeGreaterThan(50)
  const [deadline] =
    await lab.sql`select extract(epoch from at - ${now.toISOString()}::timestamptz)::int as second
    from trial_events where kind = 'deadlinePassed'`
  expect(changed).toContain(deadline?.second)
  // Its last probe is answered days later: none is made any more, so none is due.
  await lab.sql`update commands set answered_at = ${later(90_000).toISOString()}, answer_status = 'Acknowledged', answer_count = 1
    where answered_at is null and state in ('queued', 'unconfirmed')`
  await walk([90_001, 90_002])
  expect(await dueAt(90_003)).toBeGreaterThan(90_003)
})

test('a web server that is silent and a command that was left while it was sent are due by time', async () => {
  const serverId = await addServer(lab.db)
  const { id: deviceId } = await addDevice(lab.db, { serverId })
  const { commandUuid } = must(await queryDevice(lab.db, engineer, { deviceId }, now), 'asked')
  await lab.sql`update commands set state = 'sending', sending_at = ${now.toISOString()} where command_uuid = ${commandUuid}`
  await lab.sql`update mdm_servers set created_at = ${later(-9).toISOString()}`
  await recordHeartbeat(lab.db, { id: randomUUID(), startedAt: now }, () => now)
  const { changed } = await walk([1, 2, ...every(1, 40, 25), ...every(10, 150, 50)])
  expect(changed.slice(0, 1)).toEqual([31])
  expect(changed.some((second) => second > 110 && second <= 130)).toBe(true)
})

test('the silence of a lab that never had a listener is due', async () => {
  await addServer(lab.db, false, { createdAt: later(-9) })
  const { changed } = await walk([...every(1, 40), 60])
  expect(changed).toEqual([22])
})

test('a server that did not answer is tried again when its wait is over', async () => {
  const serverId = await addServer(lab.db)
  const { id: deviceId } = await addDevice(lab.db, { serverId })
  must(await queryDevice(lab.db, engineer, { deviceId }, now), 'asked')
  await lab.sql`insert into server_silences (mdm_server_id, since, tries, next_try_at, reason)
    values (${serverId}, ${now.toISOString()}, 3, ${later(45).toISOString()}, 'it did not answer')`
  expect(await nextSendDueAt(lab.db, later(1))).toEqual(later(45))
  await lab.sql`delete from server_silences`
  expect(((await nextSendDueAt(lab.db, later(1))) ?? later(9)) <= later(1)).toBe(true)
})

test('a query whose answer was lost in a gap is due once its device is in contact, and not before', async () => {
  const { device, commandUuid } = await releasedTrial(lab.db)
  await walk(every(10, 200))
  const answer = { ...device, commandUuid, status: 'Acknowledged', at: later(205) }
  await keepEvent(lab.db, device.mdmServerId, answerBody(answer), later(205))
  await walk(every(10, 300, 210))
  const [open] =
    await lab.sql`select from commands where purpose = 'probe' and state = 'queued' and answered_at is null`
  expect(open).toBeDefined()
  await lab.sql`insert into observation_gaps (mdm_server_id, began_at, ended_at, marked_at, reason)
    values (${device.mdmServerId}, ${later(310).toISOString()}, ${later(320).toISOString()}, ${later(321).toISOString()}, 'no listener')`
  const next = async () => {
    const due = await stepDue({ db: lab.db, clock: () => later(1000) })()
    return due && (due.getTime() - now.getTime()) / 1000
  }
  expect(await next()).toBeGreaterThan(1000)
  await lab.sql`update devices set last_seen_at = ${later(990).toISOString()} where id = ${device.id}`
  expect(await next()).toBe(380)
})

test('an empty lab has nothing due', async () => {
  await walk([1, 2])
  expect(await dueAt(3)).toBe(Number.POSITIVE_INFINITY)
})
