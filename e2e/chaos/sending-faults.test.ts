import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import { engineer, later } from '@/lib/core/testing/people'
import { releasedTrial, releaseSigned } from '@/lib/core/testing/trial'
import { findServer } from '@/lib/db/queries/servers/servers'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { CommandState } from '@/lib/domain/trial/command-slot'
import { createNanomdm } from '@/lib/mdm/nanomdm'
import { carryOn } from '@/lib/worker/carry-on'
import { serverAt } from './bench-trip'
import { type EnqueueFault, enqueueFaults, type FaultMdm, startFaultMdm } from './fault-mdm'
import { startTcpProxy, type TcpFault, type TcpProxy } from './tcp-proxy'

let lab: TestDb
let mdm: FaultMdm
let proxy: TcpProxy
beforeAll(async () => {
  lab = await createTestDb()
})
beforeEach(async () => {
  mdm = await startFaultMdm()
  proxy = await startTcpProxy(mdm.url)
})
afterEach(async () => {
  await proxy.close()
  await mdm.close()
})
afterAll(() => lab.drop())

// Long enough that a busy machine delivers the request before the worker stops waiting for the answer.
const timeoutMs = 1_500
const servers: MdmServers = async (serverId, within = lab.db) => {
  const server = await findServer(within, serverId)
  if (!server) throw new Error('no such server')
  return createNanomdm({ url: server.url, apiKey: server.apiKey, timeoutMs })
}

async function released(url: string) {
  const serverId = await serverAt(lab.db, { url, apiKey: mdm.apiKey })
  return releasedTrial(lab.db, { serverId })
}

/** Runs the worker after the hold, and again after the recovery of a stranded command. */
async function runWorker() {
  for (const seconds of [121, 122, 400, 401])
    await carryOn({ db: lab.db, servers, clock: () => later(seconds) })
}

const ofSlot = (commandUuid: string) => mdm.ledger.filter((one) => one.commandUuid === commandUuid)

const expectations: Record<
  EnqueueFault,
  { state: CommandState; accepted: number; alarm: boolean }
> = {
  none: { state: 'queued', accepted: 1, alarm: false },
  acceptThenReset: { state: 'unconfirmed', accepted: 1, alarm: false },
  acceptThenCut: { state: 'unconfirmed', accepted: 1, alarm: false },
  acceptThenHtml: { state: 'unconfirmed', accepted: 1, alarm: false },
  acceptThenHang: { state: 'unconfirmed', accepted: 1, alarm: false },
  acceptPushFailed: { state: 'queued', accepted: 1, alarm: false },
  alreadyExists: { state: 'queued', accepted: 1, alarm: false },
  anotherAlreadyExists: { state: 'unconfirmed', accepted: 0, alarm: true },
  acceptAnotherUuid: { state: 'unconfirmed', accepted: 1, alarm: true },
  acceptAnotherDevice: { state: 'unconfirmed', accepted: 1, alarm: true },
  acceptPartly: { state: 'unconfirmed', accepted: 1, alarm: true },
  redirect: { state: 'unconfirmed', accepted: 0, alarm: false },
  resetUnread: { state: 'unconfirmed', accepted: 0, alarm: false },
  refuse: { state: 'refused', accepted: 0, alarm: false },
  storeFails: { state: 'unconfirmed', accepted: 1, alarm: false },
  unauthorised: { state: 'notSent', accepted: 0, alarm: false },
}

test.each(
  Object.entries(expectations).map(([fault, expected]) => ({
    // Object.entries loses the key type.
    fault: fault as EnqueueFault,
    does: enqueueFaults[fault as EnqueueFault],
    ...expected,
  })),
)('a server that $does: $state, accepted $accepted times, requested once', async (row) => {
  const { trialId, device, commandUuid } = await released(mdm.url)
  mdm.fault = row.fault
  await runWorker()
  mdm.fault = 'none'
  await runWorker()

  expect(await findCommand(lab.db, commandUuid), enqueueFaults[row.fault]).toMatchObject({
    state: row.state,
  })
  expect(ofSlot(commandUuid)).toHaveLength(row.accepted)
  const enqueues = mdm.requests.filter(
    (one) => one.path.includes('/v1/enqueue/') && (one.commandUuid ?? commandUuid) === commandUuid,
  )
  expect(enqueues).toHaveLength(1)
  const stopped = (await findServer(lab.db, device.mdmServerId))?.stopReason
  expect(stopped !== null).toBe(row.alarm)
  // A second release is possible only if the request provably never left.
  const again = await releaseSigned(
    lab.db,
    engineer,
    { trialId, ordinal: 1, verdictId: 1 },
    later(500),
  )
  if (row.state !== 'notSent') expect(again.status).toBe('alreadyReleased')
})

test('I2, I3: before the server accepts a command, its bytes are committed, for one device', async () => {
  const { device, commandUuid } = await released(mdm.url)
  const intents: unknown[] = []
  mdm.onAccepted = async (accepted) => {
    const written = await findCommand(lab.db, accepted.commandUuid)
    intents.push({ state: written?.state, sha256: written?.plistSha256, by: written?.reservedById })
  }
  await runWorker()
  const [accepted] = ofSlot(commandUuid)
  expect(accepted).toMatchObject({ enrollmentId: device.enrollmentId, simple: true })
  const sent = await findCommand(lab.db, commandUuid)
  const sha256 = createHash('sha256')
    .update(sent?.plist ?? '')
    .digest('hex')
  expect(accepted?.sha256).toBe(sha256)
  expect(intents[0]).toEqual({ state: 'sending', sha256, by: engineer.id })
})

const onTheWire: { wire: TcpFault; state: CommandState; accepted: number }[] = [
  { wire: { kind: 'pass' }, state: 'queued', accepted: 1 },
  { wire: { kind: 'refuse' }, state: 'notSent', accepted: 0 },
  { wire: { kind: 'cutRequest', afterBytes: 0 }, state: 'unconfirmed', accepted: 0 },
  { wire: { kind: 'cutRequest', afterBytes: 200 }, state: 'unconfirmed', accepted: 0 },
  { wire: { kind: 'cutAnswer', afterBytes: 0 }, state: 'unconfirmed', accepted: 1 },
  { wire: { kind: 'cutAnswer', afterBytes: 30 }, state: 'unconfirmed', accepted: 1 },
  { wire: { kind: 'stallAnswer', afterBytes: 0 }, state: 'unconfirmed', accepted: 1 },
  { wire: { kind: 'stallAnswer', afterBytes: 150 }, state: 'unconfirmed', accepted: 1 },
  { wire: { kind: 'halfCloseAnswer', afterBytes: 40 }, state: 'unconfirmed', accepted: 1 },
]

test.each(onTheWire)('F01, F02, F07 with $wire: $state, accepted $accepted times', async (row) => {
  const { commandUuid } = await released(proxy.url)
  proxy.fault = row.wire
  if (row.wire.kind === 'refuse') await proxy.close()
  await runWorker()
  proxy.fault = { kind: 'pass' }
  await runWorker()
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: row.state })
  expect(ofSlot(commandUuid)).toHaveLength(row.accepted)
})

test('F03: a failed push leaves the slot queued, and pushing again enqueues nothing', async () => {
  const { commandUuid } = await released(mdm.url)
  mdm.failPushes = true
  await runWorker()
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'queued' })
  expect(mdm.pushes).toEqual([])
  expect(ofSlot(commandUuid)).toHaveLength(1)
})
