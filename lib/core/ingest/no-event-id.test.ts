import { afterAll, beforeAll, expect, test } from 'vitest'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { findRedelivery } from '@/lib/db/queries/events/redeliveries'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { webhookCapture } from '@/lib/mdm/captures.testing'
import { addServer } from '../testing/device'
import { later } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { keepEvent } from './keep-events'
import { readKeptEvent } from './read-kept-event'

// What a real NanoHUB posts has no event_id, so an event that comes again is recognised by its bytes or by what it says.

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** A command that was sent through a NanoHUB, and its captured posts as if they were about it. */
async function bench() {
  const serverId = await addServer(lab.db, false, { kind: 'nanohub', storage: 'file' })
  const { device, commandUuid } = await sentTrial(lab.db, { serverId })
  const ours = (text: string) =>
    text
      .replaceAll('b2fcf958b581cd71c044b2cef7c80bcc25ec88e2', device.enrollmentId)
      .replaceAll('21C7A4EA-5BF6-490A-8B3B-DC79E4D7AC87', commandUuid)
  const bodyOf = (name: string, second: number) => {
    const text = webhookCapture(`webhook-nanohub-${name}.json`).body.toString()
    const raw = /"raw_payload":"([^"]*)"/.exec(text)?.[1] ?? ''
    const payload = ours(Buffer.from(raw, 'base64').toString())
    const body = ours(text)
      .replace(raw, Buffer.from(payload).toString('base64'))
      .replace(/"created_at":"[^"]*"/, `"created_at":"${later(second).toISOString()}"`)
    expect(body).not.toContain('event_id')
    return Buffer.from(body)
  }
  const receive = async (body: Uint8Array, second: number) => {
    const id = await keepEvent(lab.db, serverId, body, later(second))
    if (id !== undefined) await readKeptEvent(lab.db, id, later(second))
    return id === undefined ? undefined : findRawEvent(lab.db, id)
  }
  return { device, commandUuid, bodyOf, receive }
}

test('an answer settles its command, and the same answer again is counted as a redelivery', async () => {
  const { commandUuid, bodyOf, receive } = await bench()
  const first = await receive(bodyOf('01-mdm.Connect-Acknowledged', 130), 130)
  expect(first).toMatchObject({ readState: 'read' })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ answerStatus: 'Acknowledged' })
  expect(await receive(bodyOf('09-duplicate-ack-second', 140), 140)).toMatchObject({
    readState: 'duplicate',
    duplicateOf: first?.id,
  })
  expect(await receive(bodyOf('09-duplicate-ack-second', 150), 150)).toBeUndefined()
  expect(await findRedelivery(lab.db, commandUuid)).toMatchObject({ times: 2, lastAt: later(150) })
})

test('a check-in passed on twice is a replay by its bytes; a second one of its own time is not', async () => {
  const { device, bodyOf, receive } = await bench()
  for (const name of ['01-mdm.TokenUpdate', '20-mdm.DeclarativeManagement-status']) {
    const body = bodyOf(name, 150)
    const first = await receive(body, 150)
    expect(first).toMatchObject({ readState: 'read', deviceId: device.id })
    expect(await receive(body, 160)).toMatchObject({
      readState: 'duplicate',
      duplicateOf: first?.id,
    })
    expect(await receive(bodyOf(name, 170), 170)).toMatchObject({ readState: 'read' })
  }
})

test('an Idle poll is contact and no event', async () => {
  const { device, bodyOf, receive } = await bench()
  expect(await receive(bodyOf('01-mdm.Connect-Idle', 400), 400)).toBeUndefined()
  expect(await findDeviceRow(lab.db, device.id)).toMatchObject({ lastSeenAt: later(400) })
})
