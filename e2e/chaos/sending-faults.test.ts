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

const timeoutMs = 250
const servers: MdmServers = async (serverId, within = lab.db) => {
  const server = await findServer(within, serverId)
  if (!server) throw new Error('no such server')
  return createNanomdm({ url: server.url, apiKey: server.apiKey, timeoutMs })
}

/** A trial whose first command is released on a device of the faulty server. */
async function released(url: string) {
  const serverId = await serverAt(lab.db, { url, apiKey: mdm.apiKey })
  return releasedTrial(lab.db, { serverId })
}

/** Worker rounds long after the hold, and then long after any recovery. */
async function workOn() {
  for (const seconds of [121, 122, 400, 401])
    await carryOn({ db: lab.db, servers, clock: () => later(seconds) })
}

const ofSlot = (commandUuid: string) => mdm.ledger.filter((one) => one.commandUuid === commandUuid)

const expectations: Record<EnqueueFault, { state: CommandState; taken: number; alarm: boolean }> = {
  none: { state: 'queued', taken: 1, alarm: false },
  acceptThenReset: { state: 'unconfirmed', taken: 1, alarm: false },
  acceptThenCut: { state: 'unconfirmed', taken: 1, alarm: false },
  acceptThenHtml: { state: 'unconfirmed', taken: 1, alarm: false },
  acceptThenHang: { state: 'unconfirmed', taken: 1, alarm: false },
  acceptPushFailed: { state: 'queued', taken: 1, alarm: false },
  alreadyExists: { state: 'queued', taken: 1, alarm: false },
  anotherAlreadyExists: { state: 'unconfirmed', taken: 0, alarm: true },
  acceptAnotherUuid: { state: 'unconfirmed', taken: 1, alarm: true },
  acceptAnotherDevice: { state: 'unconfirmed', taken: 1, alarm: true },
  acceptPartly: { state: 'unconfirmed', taken: 1, alarm: true },
  redirect: { state: 'unconfirmed', taken: 0, alarm: false },
  resetUnread: { state: 'unconfirmed', taken: 0, alarm: false },
  refuse: { state: 'refused', taken: 0, alarm: false },
  storeFails: { state: 'unconfirmed', taken: 1, alarm: false },
  unauthorised: { state: 'notSent', taken: 0, alarm: false },
}

test.each(
  Object.entries(expectations).map(([fault, expected]) => ({
    // Object.entries forgets that the keys are those of the record.
    fault: fault as EnqueueFault,
    does: enqueueFaults[fault as EnqueueFault],
    ...expected,
  })),
)('the server $does: $state, taken $taken times, and never asked twice', async (row) => {
  const { trialId, device, commandUuid } = await released(mdm.url)
  mdm.fault = row.fault
  await workOn()
  mdm.fault = 'none'
  await workOn()

  expect(await findCommand(lab.db, commandUuid), enqueueFaults[row.fault]).toMatchObject({
    state: row.state,
  })
  expect(ofSlot(commandUuid)).toHaveLength(row.taken)
  const asked = mdm.requests.filter(
    (one) => one.path.includes('/v1/enqueue/') && (one.commandUuid ?? commandUuid) === commandUuid,
  )
  expect(asked).toHaveLength(1)
  const stopped = (await findServer(lab.db, device.mdmServerId))?.stopReason
  expect(stopped !== null).toBe(row.alarm)
  // Nobody gets a second turn by pressing again, but where it provably never left.
  const again = await releaseSigned(
    lab.db,
    engineer,
    { trialId, ordinal: 1, verdictId: 1 },
    later(500),
  )
  if (row.state !== 'notSent') expect(again.status).toBe('alreadyReleased')
})

test('I2, I3: when the server takes it, the intent is committed with the same bytes, for one device', async () => {
  const { device, commandUuid } = await released(mdm.url)
  const intents: unknown[] = []
  mdm.onAccepted = async (accepted) => {
    const written = await findCommand(lab.db, accepted.commandUuid)
    intents.push({ state: written?.state, sha256: written?.plistSha256, by: written?.reservedById })
  }
  await workOn()
  const [taken] = ofSlot(commandUuid)
  expect(taken).toMatchObject({ enrollmentId: device.enrollmentId, simple: true })
  const sent = await findCommand(lab.db, commandUuid)
  const sha256 = createHash('sha256')
    .update(sent?.plist ?? '')
    .digest('hex')
  expect(taken?.sha256).toBe(sha256)
  expect(intents[0]).toEqual({ state: 'sending', sha256, by: engineer.id })
})

const onTheWire: { wire: TcpFault; state: CommandState; taken: number }[] = [
  { wire: { kind: 'pass' }, state: 'queued', taken: 1 },
  { wire: { kind: 'refuse' }, state: 'notSent', taken: 0 },
  { wire: { kind: 'cutRequest', afterBytes: 0 }, state: 'unconfirmed', taken: 0 },
  { wire: { kind: 'cutRequest', afterBytes: 200 }, state: 'unconfirmed', taken: 0 },
  { wire: { kind: 'cutAnswer', afterBytes: 0 }, state: 'unconfirmed', taken: 1 },
  { wire: { kind: 'cutAnswer', afterBytes: 30 }, state: 'unconfirmed', taken: 1 },
  { wire: { kind: 'stallAnswer', afterBytes: 0 }, state: 'unconfirmed', taken: 1 },
  { wire: { kind: 'stallAnswer', afterBytes: 150 }, state: 'unconfirmed', taken: 1 },
  { wire: { kind: 'halfCloseAnswer', afterBytes: 40 }, state: 'unconfirmed', taken: 1 },
]

test.each(onTheWire)('F01, F02, F07 on the wire $wire: $state, taken $taken times', async (row) => {
  const { commandUuid } = await released(proxy.url)
  proxy.fault = row.wire
  if (row.wire.kind === 'refuse') await proxy.close()
  await workOn()
  proxy.fault = { kind: 'pass' }
  await workOn()
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: row.state })
  expect(ofSlot(commandUuid)).toHaveLength(row.taken)
})

test('F03: a push that fails changes no slot, and pushing again enqueues nothing', async () => {
  const { commandUuid } = await released(mdm.url)
  mdm.failPushes = true
  await workOn()
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'queued' })
  expect(mdm.pushes).toEqual([])
  expect(ofSlot(commandUuid)).toHaveLength(1)
})
