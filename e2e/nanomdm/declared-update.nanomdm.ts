import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addServer } from '@/lib/core/testing/device'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { freshFleet } from '@/lib/virtual-lab/fleet'
import { kmfddmPath } from '@/lib/virtual-lab/http-exchange'
import { createMdmClient } from '@/lib/virtual-lab/mdm-client'
import { type DeclarationServers, startNanomdmWithKmfddm } from './declaration-servers'
import { apiKey, certificateHeader, certificateOf, hmacKey } from './real-nanomdm'
import { startVirtualNanomdm } from './virtual-nanomdm'
import { type Listener, listenForWebhooks } from './webhook-listener'

// A device of the virtual lab at the virtual KMFDDM and at the real one: an update by declaration to the installed
// build, and one that is withdrawn before its date.

type Servers = Pick<DeclarationServers, 'mdm' | 'api' | 'stop'>

const startVirtual = async (webhookUrl: string) => {
  const mdm = await startVirtualNanomdm('filekv', webhookUrl)
  const api = { url: `${mdm.url}${kmfddmPath}/v1`, user: 'kmfddm', key: apiKey }
  return { mdm, api, stop: mdm.stop }
}

type Case = {
  name: string
  start: (webhookUrl: string) => Promise<Omit<Servers, 'mdm'> & { mdm: { url: string } }>
}
const { NANOMDM_BIN, KMFDDM_BIN } = process.env
const cases: Case[] = [
  { name: 'the virtual NanoMDM with its KMFDDM', start: startVirtual },
  ...(NANOMDM_BIN && KMFDDM_BIN
    ? [{ name: 'NanoMDM with KMFDDM', start: startNanomdmWithKmfddm }]
    : []),
]

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

const hour = 3_600_000

describe.each(cases)('$name', ({ start }) => {
  let servers: Awaited<ReturnType<Case['start']>>
  beforeAll(async () => {
    const slug = `s-${randomUUID()}`
    await addServer(lab.db, false, { slug, hmacKey })
    servers = await start(listener.url(slug))
  })
  afterAll(() => servers?.stop())

  const call = async (method: string, path: string, body?: object): Promise<number> => {
    const { url, user, key } = servers.api
    const headers = { Authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}` }
    const given = body && { body: JSON.stringify(body) }
    const response = await fetch(`${url}${path}`, { method, headers, ...given })
    await response.arrayBuffer()
    return response.status
  }

  /** A device of its own that is enrolled, with a clock that the test holds, and an update declared for in two hours. */
  const declared = async (certificate: number) => {
    const fleetDevice = freshFleet().find(({ labTag }) => labTag === 'B-10')
    if (!fleetDevice) throw new Error('the fleet has no B-10')
    const enrollmentId = randomUUID().replaceAll('-', '')
    const serial = enrollmentId.slice(0, 12).toUpperCase()
    // Whether unsubscribed items are reported is drawn otherwise.
    const variants = { unsubscribed: 'reported' }
    let at = 0
    const today = Date.UTC(2026, 10, 30, 8)
    const client = createMdmClient({
      url: `${servers.mdm.url}/mdm`,
      certificate: certificateOf(certificate),
      certificateHeader,
      device: { ...fleetDevice, enrollmentId, serial, timeZone: 'UTC', variants },
      seed: 'declared',
      now: () => at,
      calendar: () => today + at,
    })
    await client.enrol()
    const [enforce, activate, set] = ['enforce', 'activate', 'set'].map(
      (part) => `lab.oneway.${enrollmentId}.${part}`,
    )
    await call('PUT', '/declarations?nonotify=1', {
      Type: 'com.apple.configuration.softwareupdate.enforcement.specific',
      Identifier: enforce,
      Payload: { TargetOSVersion: '18.7.2', TargetLocalDateTime: '2026-11-30T10:00:00' },
    })
    await call('PUT', '/declarations?nonotify=1', {
      Type: 'com.apple.activation.simple',
      Identifier: activate,
      Payload: { StandardConfigurations: [enforce] },
    })
    for (const one of [enforce, activate])
      await call('PUT', `/set-declarations/${set}?declaration=${one}&nonotify=1`)
    expect(await call('PUT', `/enrollment-sets/${enrollmentId}?set=${set}`)).toBe(204)
    await expect.poll(() => client.poll()).toEqual(['DeclarativeManagement'])
    return {
      ...{ client, enrollmentId, set },
      pass: async (ms: number) => {
        at += ms
        await client.feel({ kind: 'time' })
      },
    }
  }

  const lastState = async (enrollmentId: string): Promise<unknown> => {
    const { url, user, key } = servers.api
    const headers = { Authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}` }
    const response = await fetch(`${url}/status-report/${enrollmentId}?index=0`, { headers })
    expect(response.status).toBe(200)
    return response.json()
  }

  test('a declared update is installed at its date, and the server has the report of the new build', async () => {
    const { client, enrollmentId, pass } = await declared(1)
    await pass(hour)
    expect(client.device().update?.phase).toBe('downloaded')
    await pass(2 * hour)
    expect(client.device().osBuild).toBe('22H124')
    expect(await lastState(enrollmentId)).toMatchObject({
      StatusItems: { device: { 'operating-system': { 'build-version': '22H124' } } },
    })
  })

  test('one that is withdrawn before its date is not', async () => {
    const { client, enrollmentId, set, pass } = await declared(2)
    await pass(hour)
    expect(await call('DELETE', `/enrollment-sets/${enrollmentId}?set=${set}`)).toBe(204)
    await expect.poll(() => client.poll()).toEqual(['DeclarativeManagement'])
    await pass(24 * hour)
    expect(client.device().osBuild).toBe('22G86')
  })
})
