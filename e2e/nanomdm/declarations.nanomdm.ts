import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readOrSetAside } from '@/lib/core/ingest/read-kept-event'
import { addServer } from '@/lib/core/testing/device'
import { listOpenAlarms } from '@/lib/db/queries/devices/device-alarms'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { readEvent } from '@/lib/mdm/event'
import { hashWebhookToken, makeWebhookToken } from '@/lib/mdm/webhook-proof'
import { freshFleet } from '@/lib/virtual-lab/fleet'
import { readPlist } from '@/lib/virtual-lab/wire'
import {
  type DeclarationServers,
  startNanohub,
  startNanomdmWithKmfddm,
} from './declaration-servers'
import { createDeclarativeDevice } from './declarative-device'
import { hmacKey } from './real-nanomdm'
import { type Listener, listenForWebhooks } from './webhook-listener'

// What real servers of declarations do with a device over the real MDM wire, and what the webhook keeps of it.

let lab: TestDb
let listener: Listener
beforeAll(async () => {
  lab = await createTestDb()
  listener = await listenForWebhooks(lab.db)
})
afterAll(async () => {
  await listener?.close()
  await lab?.drop()
})

const [iPad] = freshFleet().filter(({ labTag }) => labTag === 'B-10')

const enforcement = {
  Type: 'com.apple.configuration.softwareupdate.enforcement.specific',
  Identifier: 'lab.oneway.test.enforce',
  Payload: { TargetOSVersion: '18.7.2', TargetLocalDateTime: '2027-01-15T09:00:00' },
}
const activation = {
  Type: 'com.apple.activation.simple',
  Identifier: 'lab.oneway.test.activate',
  Payload: { StandardConfigurations: [enforcement.Identifier] },
}

const { NANOMDM_BIN, KMFDDM_BIN, NANOHUB_BIN } = process.env
const webhookToken = makeWebhookToken()

/**
 * Those this machine has; `attached` is the status of a set that is attached while the push fails, and `isApart` says
 * that the MDM server runs on without the server of declarations.
 */
const cases = [
  {
    ...{ name: 'NanoMDM with KMFDDM', start: startNanomdmWithKmfddm, attached: 204 },
    ...{ isThere: NANOMDM_BIN && KMFDDM_BIN, isApart: true, row: { hmacKey } },
  },
  {
    ...{ name: 'NanoHUB', start: startNanohub, attached: 500 },
    ...{ isThere: NANOHUB_BIN, isApart: false },
    row: { kind: 'nanohub', webhookTokenSha256: hashWebhookToken(webhookToken) } as const,
  },
].filter(({ isThere }) => isThere)

describe.each(cases)('$name', ({ start, attached, row, isApart }) => {
  let servers: DeclarationServers
  const slug = `s-${randomUUID()}`
  beforeAll(async () => {
    await addServer(lab.db, false, { slug, ...row })
    servers = await start(listener.url(slug, webhookToken))
  })
  afterAll(() => servers?.stop())

  /** One call of the API of declarations; gives its HTTP status. */
  const call = async (method: string, path: string, body?: object): Promise<number> => {
    const { url, user, key } = servers.api
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}` },
      ...(body && { body: JSON.stringify(body) }),
    })
    await response.arrayBuffer()
    return response.status
  }

  /** The endpoints of the declarative check-ins of a device that the webhook has kept, in the order of their time. */
  const keptEndpoints = async (enrollmentId: string): Promise<string[]> => {
    const rows = await lab.sql`select body from raw_events where enrollment_key = ${enrollmentId}`
    const events = rows.map(({ body }) => readEvent(new Uint8Array(body)))
    const checkins = events.flatMap((event) =>
      event.ok && event.kind === 'checkin' && event.topic === 'mdm.DeclarativeManagement'
        ? [{ at: event.createdAt, endpoint: String(readPlist(event.rawPayload).Endpoint) }]
        : [],
    )
    return checkins.sort((a, b) => Number(a.at) - Number(b.at)).map(({ endpoint }) => endpoint)
  }

  const enrolled = async (certificate: number) => {
    if (!iPad) throw new Error('the fleet has no B-10')
    const enrollmentId = randomUUID().replaceAll('-', '')
    const but = { ...iPad, enrollmentId, serial: enrollmentId.slice(0, 12).toUpperCase() }
    const device = createDeclarativeDevice(servers.mdm.url, certificate, but)
    await device.enrol()
    return device
  }

  test('a device gets the declarations of its set, and the webhook keeps what it asked for and reported', async () => {
    // A server of another test that was stopped may have been posting.
    const errors = listener.errors.length
    const device = await enrolled(1)
    const { enrollmentId } = device
    const set = `lab.oneway.${enrollmentId}`
    expect(await call('PUT', '/declarations?nonotify=1', enforcement)).toBe(204)
    expect(await call('PUT', '/declarations?nonotify=1', activation)).toBe(204)
    for (const { Identifier } of [enforcement, activation]) {
      const path = `/set-declarations/${set}?declaration=${Identifier}&nonotify=1`
      expect(await call('PUT', path)).toBe(204)
    }
    expect(await device.poll()).toEqual([])
    // The push fails, which KMFDDM does not say and NanoHUB does: the set is attached all the same.
    expect(await call('PUT', `/enrollment-sets/${enrollmentId}?set=${set}`)).toBe(attached)
    expect(await call('PUT', `/enrollment-sets/${enrollmentId}?set=${set}`)).toBe(304)
    await expect.poll(() => device.poll()).toEqual(['DeclarativeManagement'])
    expect(device.held()).toMatchObject({
      [enforcement.Identifier]: enforcement,
      [activation.Identifier]: activation,
    })
    expect((await device.checkIn('tokens')).status).toBe(200)
    expect((await device.report({ softwareupdate: { 'install-state': 'waiting' } })).status).toBe(
      200,
    )
    const asked = [
      'declaration-items',
      `declaration/configuration/${enforcement.Identifier}`,
      `declaration/activation/${activation.Identifier}`,
      ...['status', 'tokens', 'status'],
    ]
    await expect.poll(() => keptEndpoints(enrollmentId)).toEqual(asked)

    expect(await call('DELETE', `/enrollment-sets/${enrollmentId}?set=${set}`)).toBe(attached)
    await expect.poll(() => device.poll()).toEqual(['DeclarativeManagement'])
    expect(device.held()).toEqual({})
    const { status } = await device.checkIn(`declaration/configuration/${enforcement.Identifier}`)
    expect(status).toBe(500)
    await expect.poll(() => keptEndpoints(enrollmentId)).toHaveLength(asked.length + 3)
    expect(listener.errors.slice(errors)).toEqual([])
  })

  test('the answer to a command that the server of declarations queued itself is no alarm', async () => {
    const device = await enrolled(3)
    await call('POST', `/notify?id=${device.enrollmentId}`)
    await expect.poll(() => device.poll()).toEqual(['DeclarativeManagement'])
    const eventsOf = (columns: string) =>
      lab.sql`select ${lab.sql.unsafe(columns)} from raw_events
        where enrollment_key = ${device.enrollmentId} order by id`
    // The answer may arrive after the check-ins that followed it.
    const readStates = async () => {
      for (const { id } of await eventsOf('id'))
        await readOrSetAside(lab.db, Number(id), new Date())
      const events = await eventsOf('status, read_state')
      return events.filter(({ status }) => status === 'Acknowledged').map((one) => one.read_state)
    }
    await expect.poll(readStates).toEqual(['unmatched'])
    const [known] =
      await lab.sql`select id from devices where enrollment_id = ${device.enrollmentId}`
    expect(await listOpenAlarms(lab.db, String(known?.id))).toEqual([])
  })

  if (isApart)
    test('what a device reports while the server of declarations is gone is kept all the same', async () => {
      const { declarations } = servers
      const device = await enrolled(2)
      await declarations.kill()
      expect((await device.checkIn('declaration-items')).status).toBe(500)
      expect((await device.report({ device: {} })).status).toBe(500)
      await expect
        .poll(() => keptEndpoints(device.enrollmentId))
        .toEqual(['declaration-items', 'status'])
      await declarations.restart()
      expect((await device.checkIn('declaration-items')).status).toBe(200)
    })
})
