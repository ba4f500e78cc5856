import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCommand } from '@/lib/mdm/command'
import { createNanohub } from '@/lib/mdm/nanomdm'
import { makeWebhookToken } from '@/lib/mdm/webhook-proof'
import { freshFleet } from '@/lib/virtual-lab/fleet'
import { type DeclarationServers, startNanohub } from './declaration-servers'
import { createDeclarativeDevice, type DeclarativeDevice } from './declarative-device'

// What a real NanoHUB answers, and what lib/mdm/nano-promises.ts says of its storage "file".

const token = makeWebhookToken()
let servers: DeclarationServers
let device: DeclarativeDevice
beforeAll(async () => {
  // Nothing listens there.
  servers = await startNanohub(`http://127.0.0.1:9/api/webhook/hub?token=${token}`)
  const [iPad] = freshFleet().filter(({ labTag }) => labTag === 'B-10')
  if (!iPad) throw new Error('the fleet has no B-10')
  device = createDeclarativeDevice(servers.mdm.url, 1, iPad)
  await device.enrol()
})
afterAll(() => servers?.stop())

const connect = (apiKey = servers.mdmKey) => createNanohub({ url: servers.mdm.url, apiKey })
const commandOf = (requestType: 'OSUpdateStatus' | 'SecurityInfo') => {
  const expected = { commandUuid: randomUUID(), requestType }
  return { expected, plist: buildCommand(expected).plist }
}

test('a connection check finds version and key, and queues nothing', async () => {
  expect(await connect().version()).toEqual({ ok: true, version: 'unknown' })
  expect(await connect().tryKey()).toMatchObject({ found: 'yes' })
  expect(await connect('another').tryKey()).toMatchObject({ found: 'no' })
  expect(await device.poll()).toEqual([])
})

test('a push without a push certificate says so', async () => {
  expect(await connect().push(device.enrollmentId)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('retrieving push cert'),
  })
})

test('a CommandUUID is accepted once, also after its answer', async () => {
  const { expected, plist } = commandOf('OSUpdateStatus')
  const enqueue = () => connect().enqueue(device.enrollmentId, plist, expected)
  expect(await enqueue()).toMatchObject({ outcome: 'queued', httpStatus: 200 })
  expect(await enqueue()).toMatchObject({
    outcome: 'queued',
    httpStatus: 500,
    reason: expect.stringContaining('once'),
  })
  expect(await device.poll()).toEqual(['OSUpdateStatus'])
  expect(await enqueue()).toMatchObject({ outcome: 'queued', httpStatus: 500 })
  expect(await device.poll()).toEqual([])
})

test('on file an acknowledged command comes again behind one answered with NotNow', async () => {
  for (const requestType of ['OSUpdateStatus', 'SecurityInfo'] as const) {
    const { expected, plist } = commandOf(requestType)
    expect(await connect().enqueue(device.enrollmentId, plist, expected)).toMatchObject({
      outcome: 'queued',
    })
  }
  device.change({ faults: { notNow: 1 } })
  expect(await device.poll()).toEqual([
    ...['OSUpdateStatus', 'SecurityInfo'],
    ...['OSUpdateStatus', 'SecurityInfo'],
  ])
})

test("its log shows the secret of the webhook's address where an event could not be posted", async () => {
  await expect.poll(() => servers.mdm.log()).toContain(token)
})
