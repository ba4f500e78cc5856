import { afterEach, beforeEach, expect, test } from 'vitest'
import { findLatestCheck } from '@/lib/db/queries/servers/server-checks'
import { findCommand, listCommandEvents } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { webhookFinding } from '@/lib/domain/server/server-check'
import type { DeviceQueue, QueueCleared, QueueList } from '@/lib/mdm/server'
import { checkServer, settleChecks } from '../lab/check-server'
import { clearQueueAndWithdraw, lookUpQueue } from '../release/server-queue'
import type { WithdrawCommand } from '../release/withdraw-command'
import { addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { admin, engineer, later, lead, must } from '../testing/people'
import { proofOf, sentTrial } from '../testing/trial'
import { keepEvent } from './keep-events'

let lab: TestDb
beforeEach(async () => {
  lab = await createTestDb()
})
afterEach(() => lab.drop())

const at = (seconds: number) => () => later(seconds)
const emptied: QueueCleared = { ok: true, body: '{}' }

/** A server with a queue that shows `list` and answers `clear`. */
async function withQueue(list: QueueList, cleared: QueueCleared = emptied) {
  const { servers } = fakeServer()
  const seen: string[] = []
  const queue: DeviceQueue = {
    list: async () => list,
    clear: async (enrollmentId) => {
      seen.push(enrollmentId)
      return cleared
    },
  }
  const server = { ...(await servers()), queue }
  return { servers: async () => server, seen }
}
const showing = (...commandUuids: string[]): QueueList => ({
  ok: true,
  commandUuids,
  updateUuids: [],
  body: 'seen',
})

const unconfirmed = () =>
  sentTrial(lab.db, { result: { outcome: 'unconfirmed', reason: 'it timed out' } })
const kinds = async (commandUuid: string) =>
  (await listCommandEvents(lab.db, [commandUuid])).map(({ kind }) => kind)

test('an unconfirmed command that is found in the queue is queued, with the answer as evidence', async () => {
  const { commandUuid } = await unconfirmed()
  const { servers } = await withQueue(showing('another', commandUuid))
  const looked = await lookUpQueue(lab.db, servers, engineer, { commandUuid }, at(130))
  expect(looked).toEqual({ status: 'found' })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'queued' })
  const events = await listCommandEvents(lab.db, [commandUuid])
  expect(events.at(-1)).toMatchObject({ kind: 'foundInQueue', data: { answer: 'seen' } })
})

test('a command that is not in the queue stays unconfirmed, because absence proves nothing', async () => {
  const { commandUuid } = await unconfirmed()
  const { servers } = await withQueue(showing())
  const looked = await lookUpQueue(lab.db, servers, engineer, { commandUuid }, at(130))
  expect(looked).toEqual({ status: 'notFound' })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'unconfirmed' })
  expect(await kinds(commandUuid)).toContain('notFoundInQueue')
})

test('a server that cannot show its queue, or fails to, settles nothing', async () => {
  const { commandUuid } = await unconfirmed()
  const failing = await withQueue({ ok: false, reason: 'timedOut' })
  for (const { servers } of [fakeServer(), failing])
    expect(await lookUpQueue(lab.db, servers, engineer, { commandUuid }, at(130))).toMatchObject({
      status: 'refused',
    })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'unconfirmed' })
})

const reason = 'the bench was set up wrongly'

test('only a lead empties a queue, and it is recorded before and after', async () => {
  const { commandUuid, device, trialId } = await unconfirmed()
  const { servers, seen } = await withQueue(showing())
  const proofId = await proofOf(lab.db, lead, 'withdrawCommand', trialId, later(130))
  const input: WithdrawCommand = { commandUuid, reason, proofId }
  const clear = (actor: typeof lead, with_ = input) =>
    clearQueueAndWithdraw(lab.db, servers, actor, with_, at(130))
  expect(await clear(engineer)).toMatchObject({ status: 'refused' })
  expect(await clear(admin)).toMatchObject({ status: 'refused' })
  expect(await clear(lead, { commandUuid, reason: 'no' })).toMatchObject({ field: 'reason' })
  expect(await clear(lead, { commandUuid, reason })).toMatchObject({ field: 'proof' })
  expect(seen).toEqual([])
  expect(await clear(lead)).toEqual({ status: 'withdrawn' })
  expect(seen).toEqual([device.enrollmentId])
  expect((await kinds(commandUuid)).slice(-3)).toEqual([
    'clearingQueue',
    'queueCleared',
    'withdrawn',
  ])
})

test('a queue that may not have been emptied leaves the command waiting', async () => {
  const { commandUuid, trialId } = await unconfirmed()
  const cut = { ok: false, unsure: true, reason: 'cut (ECONNRESET)' } as const
  const { servers } = await withQueue(showing(), cut)
  const proofId = await proofOf(lab.db, lead, 'withdrawCommand', trialId, later(130))
  const input = { commandUuid, reason, proofId }
  expect(await clearQueueAndWithdraw(lab.db, servers, lead, input, at(130))).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('Nobody knows'),
  })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ withdrawnAt: null })
  expect((await kinds(commandUuid)).at(-1)).toBe('queueNotCleared')
})

const latest = async (serverId: string) => {
  const check = await findLatestCheck(lab.db, serverId)
  if (!check) throw new Error('there is no check')
  return check
}

test('a server check queues nothing, pushes to no device and reports only what it saw', async () => {
  const serverId = await addServer(lab.db)
  const { servers, ledger } = fakeServer()
  expect(await checkServer(lab.db, servers, lead, { serverId }, at(0))).toMatchObject({
    status: 'refused',
  })
  must(await checkServer(lab.db, servers, admin, { serverId }, at(0)), 'checked')
  expect(ledger).toEqual({ enqueued: [], pushed: [] })
  const { findings } = await latest(serverId)
  expect(findings.map(({ what, found }) => [what, found])).toEqual([
    ['reachable', 'yes'],
    ['key', 'yes'],
    ['pushCertificate', 'unknown'],
    ['storage', 'unknown'],
  ])
})

test('a webhook event within the minute settles the check', async () => {
  const serverId = await addServer(lab.db)
  await keepEvent(lab.db, serverId, Buffer.from('before'), later(-5))
  must(await checkServer(lab.db, fakeServer().servers, admin, { serverId }, at(0)), 'checked')
  expect(await settleChecks(lab.db, later(10))).toBe(0)
  expect(webhookFinding(await latest(serverId), later(10)).found).toBe('waiting')
  await keepEvent(lab.db, serverId, Buffer.from('after'), later(12))
  expect(await settleChecks(lab.db, later(13))).toBe(1)
  expect(webhookFinding(await latest(serverId), later(13))).toMatchObject({
    found: 'yes',
    reason: expect.stringContaining('12 s after'),
  })
})

test('a minute without an event settles the check as "no event", for good', async () => {
  const serverId = await addServer(lab.db)
  const other = await addServer(lab.db)
  must(await checkServer(lab.db, fakeServer().servers, admin, { serverId }, at(0)), 'checked')
  await keepEvent(lab.db, other, Buffer.from('of another server'), later(12))
  expect(await settleChecks(lab.db, later(60))).toBe(1)
  await keepEvent(lab.db, serverId, Buffer.from('too late'), later(70))
  await settleChecks(lab.db, later(71))
  expect(webhookFinding(await latest(serverId), later(71))).toMatchObject({
    found: 'no',
    reason: expect.stringContaining('nothing was received within 60 s'),
  })
  await expect(lab.sql`update server_checks set contact_at = now()`).rejects.toThrow('stands')
})
