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

// What a real MicroMDM answers to the client, and what its queue can tell where database and witness are both lost.

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

/** A question to a device of its own. */
function question() {
  const enrollmentId = randomUUID().replaceAll('-', '')
  const expected = { commandUuid: randomUUID(), requestType: 'OSUpdateStatus' } as const
  const { plist } = buildCommand(expected)
  const enqueue = (client = connect()) => client.enqueue(enrollmentId, plist, expected)
  return { enrollmentId, commandUuid: expected.commandUuid, plist, expected, enqueue }
}

test('a command is taken with 201, and its queue shows it', async () => {
  const { enrollmentId, commandUuid, enqueue } = question()
  expect(await connect().queue.list(enrollmentId)).toMatchObject({ ok: true, commandUuids: [] })
  expect(await enqueue()).toMatchObject({ outcome: 'queued', httpStatus: 201 })
  await expect.poll(() => micromdm.waiting(enrollmentId)).toEqual([commandUuid])
})

test('the same CommandUUID is taken a second time and would be handed out twice', async () => {
  const { enrollmentId, commandUuid, enqueue } = question()
  expect([await enqueue(), await enqueue()]).toMatchObject([
    { outcome: 'queued' },
    { outcome: 'queued' },
  ])
  await expect.poll(() => micromdm.waiting(enrollmentId)).toEqual([commandUuid, commandUuid])
})

test('a queue is emptied of one device and of no other', async () => {
  const [one, other] = [question(), question()]
  await one.enqueue()
  await other.enqueue()
  await expect.poll(() => micromdm.waiting(one.enrollmentId)).toHaveLength(1)
  await expect.poll(() => micromdm.waiting(other.enrollmentId)).toHaveLength(1)
  expect(await connect().queue.clear(one.enrollmentId)).toMatchObject({ ok: true })
  expect(await micromdm.waiting(one.enrollmentId)).toEqual([])
  expect(await micromdm.waiting(other.enrollmentId)).toEqual([other.commandUuid])
})

test('its version and the API key are read from its own answers, and nothing is queued by that', async () => {
  expect(await connect().version()).toEqual({ ok: true, version: 'unknown' })
  expect(await connect().tryKey()).toMatchObject({ found: 'yes' })
  expect(await connect('another-key').tryKey()).toMatchObject({ found: 'no' })
})

test('a wrong API key leaves the command unsent, and what cannot be woken says so', async () => {
  const { enrollmentId, enqueue } = question()
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
])(
  '%s is refused before it is published, in the words that the client knows',
  async (_, body, says) => {
    const { enrollmentId, expected } = question()
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
  },
)

test('an update that waits in the queue and that the database does not know keeps another one from leaving', async () => {
  const lab = await createTestDb()
  try {
    const { db } = lab
    const trial = await releasedTrial(db, { serverId: await addMicromdm(db, micromdm.url) })
    const { commandUuid, device } = trial
    // Released and sent before the database went back, or by another program.
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

test('where the database went back and the witness is gone too, the queue keeps a command from leaving again', async () => {
  const lab = await createTestDb()
  try {
    const { db } = lab
    const trial = await releasedTrial(db, { serverId: await addMicromdm(db, micromdm.url) })
    const { commandUuid, trialId, device } = trial
    // On a database that is lost afterwards, it has left.
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

    // The queue is the evidence that settles it.
    const lookedUp = await lookUpQueue(db, servers, engineer, { commandUuid }, () => later(130))
    expect(lookedUp).toEqual({ status: 'found' })
    expect(await findCommand(db, commandUuid)).toMatchObject({ state: 'queued' })
  } finally {
    await lab.drop()
  }
})
