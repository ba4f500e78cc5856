import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkWitness } from '@/lib/core/release/check-witness'
import { deliver } from '@/lib/core/release/deliver'
import { lookUpQueue } from '@/lib/core/release/server-queue'
import { engineer, later } from '@/lib/core/testing/people'
import { releasedTrial } from '@/lib/core/testing/trial'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb } from '@/lib/db/testing'
import { buildCommand } from '@/lib/mdm/command'
import { createMicromdm } from '@/lib/mdm/micromdm/client'
import { settleMicromdm } from '@/lib/mdm/micromdm/settle'
import { createWitness } from '@/lib/witness/witness'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import { addMicromdm } from './mdm-servers'
import { apiKey, type Micromdm, startMicromdm } from './real-micromdm'

// What a real MicroMDM answers, and how its queue protects a device when the database and the witness are lost.

let micromdm: Micromdm
let home: string
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'oneway-micromdm-witness-'))
  micromdm = await startMicromdm(process.env.MICROMDM_BIN ?? '')
})
afterAll(async () => {
  await micromdm.stop()
  rmSync(home, { recursive: true, force: true })
})

const connect = (key = apiKey) => createMicromdm({ url: micromdm.url, apiKey: key })

/** A query for a new device, and its enqueue. */
function newQuery() {
  const enrollmentId = randomUUID().replaceAll('-', '')
  const expected = { commandUuid: randomUUID(), requestType: 'OSUpdateStatus' } as const
  const { plist } = buildCommand(expected)
  const enqueue = (client = connect()) => client.enqueue(enrollmentId, plist, expected)
  return { enrollmentId, commandUuid: expected.commandUuid, plist, expected, enqueue }
}

test('a command is accepted with 201 and listed in the queue', async () => {
  const { enrollmentId, commandUuid, enqueue } = newQuery()
  expect(await connect().queue.list(enrollmentId)).toMatchObject({ ok: true, commandUuids: [] })
  expect(await enqueue()).toMatchObject({ outcome: 'queued', httpStatus: 201 })
  await expect.poll(() => micromdm.waiting(enrollmentId)).toEqual([commandUuid])
})

test('a repeated CommandUUID is accepted and queued twice', async () => {
  const { enrollmentId, commandUuid, enqueue } = newQuery()
  expect([await enqueue(), await enqueue()]).toMatchObject([
    { outcome: 'queued' },
    { outcome: 'queued' },
  ])
  await expect.poll(() => micromdm.waiting(enrollmentId)).toEqual([commandUuid, commandUuid])
})

test('clearing the queue of one device leaves the other queues alone', async () => {
  const [one, other] = [newQuery(), newQuery()]
  await one.enqueue()
  await other.enqueue()
  await expect.poll(() => micromdm.waiting(one.enrollmentId)).toHaveLength(1)
  await expect.poll(() => micromdm.waiting(other.enrollmentId)).toHaveLength(1)
  expect(await connect().queue.clear(one.enrollmentId)).toMatchObject({ ok: true })
  expect(await micromdm.waiting(one.enrollmentId)).toEqual([])
  expect(await micromdm.waiting(other.enrollmentId)).toEqual([other.commandUuid])
})

test('the client reads the version and checks the API key', async () => {
  expect(await connect().version()).toEqual({ ok: true, version: 'unknown' })
  expect(await connect().tryKey()).toMatchObject({ found: 'yes' })
  expect(await connect('another-key').tryKey()).toMatchObject({ found: 'no' })
})

test('a wrong API key leaves a command unsent; a push without PushInfo fails with the reason', async () => {
  const { enrollmentId, enqueue } = newQuery()
  const wrong = connect('another-key')
  expect(await enqueue(wrong)).toMatchObject({ outcome: 'notSent', httpStatus: 401 })
  expect(await wrong.queue.list(enrollmentId)).toMatchObject({ ok: false })
  expect(await wrong.queue.clear(enrollmentId)).toMatchObject({ ok: false, unsure: false })
  expect(await connect().push(enrollmentId)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('PushInfo'),
  })
  expect(await micromdm.waiting(enrollmentId)).toEqual([])
})

test.each([
  ['no plist', 'no plist', /^the MDM server refused the command: parse payload as plist/],
  ['a plist without a command', '<plist><dict/></plist>', /request/],
])('%s is refused and not queued, and the client reads the reason', async (_, body, says) => {
  const { enrollmentId, expected } = newQuery()
  const response = await fetch(`${micromdm.url}/v1/commands/${enrollmentId}`, {
    method: 'PUT',
    headers: { Authorization: `Basic ${Buffer.from(`micromdm:${apiKey}`).toString('base64')}` },
    body,
  })
  const answer = { httpStatus: response.status, body: await response.text() }
  expect(settleMicromdm(answer, { ...expected, enrollmentId })).toMatchObject({
    outcome: 'refused',
    reason: expect.stringMatching(says),
  })
  expect(await micromdm.waiting(enrollmentId)).toEqual([])
})

test('an unknown update in the queue lets the release of another one lapse', async () => {
  const lab = await createTestDb()
  try {
    const { db } = lab
    const trial = await releasedTrial(db, { serverId: await addMicromdm(db, micromdm.url) })
    const { commandUuid, device } = trial
    // Sent before the database went back in time, or by another program.
    const lost = { commandUuid: randomUUID(), requestType: 'ScheduleOSUpdate' } as const
    const slot = { installAction: 'Default', productKey: 'iOSUpdate16B92' } as const
    await connect().enqueue(device.enrollmentId, buildCommand({ ...lost, slot }).plist, lost)
    await expect.poll(() => micromdm.waiting(device.enrollmentId)).toEqual([lost.commandUuid])

    const sent = await deliver(db, mdmServersOf(db), commandUuid, () => later(121))
    expect(sent).toMatchObject({
      status: 'lapsed',
      reason: expect.stringContaining(`the queue of the MDM server: ${lost.commandUuid}`),
    })
    expect(await micromdm.waiting(device.enrollmentId)).toEqual([lost.commandUuid])
    expect(await findCommand(db, commandUuid)).toMatchObject({ state: 'lapsed' })
  } finally {
    await lab.drop()
  }
})

test('without database and witness, the queue still keeps a command from being sent twice', async () => {
  const lab = await createTestDb()
  try {
    const { db } = lab
    const trial = await releasedTrial(db, { serverId: await addMicromdm(db, micromdm.url) })
    const { commandUuid, trialId, device } = trial
    // It was sent; the commit that recorded it is lost.
    const { plist = new Uint8Array() } = (await findCommand(db, commandUuid)) ?? {}
    const expected = { commandUuid, requestType: 'ScheduleOSUpdate' } as const
    await connect().enqueue(device.enrollmentId, plist, expected)
    await expect.poll(() => micromdm.waiting(device.enrollmentId)).toEqual([commandUuid])

    const witness = createWitness(path.join(home, 'new'))
    expect(await checkWitness(db, witness, later(120))).toBe('fine')
    const servers = mdmServersOf(db)
    const send = () => deliver(db, servers, commandUuid, () => later(121), { witness })
    expect(await send()).toMatchObject({
      status: 'leftBefore',
      reason: expect.stringContaining('the queue of the MDM server holds it already'),
    })
    expect(await send()).toEqual({ status: 'taken' })
    expect(await micromdm.waiting(device.enrollmentId)).toEqual([commandUuid])
    expect(await findCommand(db, commandUuid)).toMatchObject({ state: 'unconfirmed' })
    expect(await findTrial(db, trialId)).toMatchObject({ state: 'observing', consumed: true })

    // The queue is evidence that the MDM server has the command.
    const lookedUp = await lookUpQueue(db, servers, engineer, { commandUuid }, () => later(130))
    expect(lookedUp).toEqual({ status: 'found' })
    expect(await findCommand(db, commandUuid)).toMatchObject({ state: 'queued' })
  } finally {
    await lab.drop()
  }
})
