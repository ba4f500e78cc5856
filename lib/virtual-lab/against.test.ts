import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createAgainst } from './against'
import { emptyStore, enqueue, nextCommand, storeAuthenticate, storeReport } from './nanomdm-store'
import type { Scenario } from './scenario'
import { readScenario } from './scenario'
import { isDict, readPlist } from './wire'

const device = {
  labTag: 'T-1',
  modelName: 'iPad Air',
  platform: 'iOS',
  productName: 'iPad4,1',
  osVersion: '11.4.1',
  osBuild: '15G77',
  offers: [{ version: '12.1', build: '16B92', downloadGb: 2.4, installGb: 1.1 }],
}

const scenarioOf = (change: object, deviceChange: object = {}): Scenario => {
  const scenario = readScenario(
    JSON.stringify({
      version: 1,
      title: 'Against',
      seed: 'against',
      devices: [{ ...device, ...deviceChange }],
      ...change,
    }),
  )
  if ('complaints' in scenario) throw new Error(scenario.complaints.join('\n'))
  return scenario
}

/** A stand-in for NanoMDM: its device endpoint and its queue, and every message it was sent. */
const mdmServer = async () => {
  let store = emptyStore('pgsql')
  const received: string[] = []
  const certificates = new Set<string>()
  const obey = (path: string, body: Buffer): string => {
    const { MessageType, UDID, Status, CommandUUID, Command } = readPlist(body)
    const id = String(UDID)
    if (path.startsWith('/v1/enqueue/')) {
      const requestType = isDict(Command) ? String(Command.RequestType) : ''
      const command = { commandUuid: String(CommandUUID), requestType, raw: body.toString() }
      const queued = enqueue(store, [path.slice('/v1/enqueue/'.length)], command)
      if ('store' in queued) store = queued.store
      return '{}'
    }
    received.push(String(MessageType ?? Status))
    if (MessageType === 'Authenticate') store = storeAuthenticate(store, id)
    if (MessageType !== undefined) return ''
    if (typeof CommandUUID === 'string') store = storeReport(store, id, CommandUUID, String(Status))
    return nextCommand(store, id, Status === 'NotNow')?.raw ?? ''
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const certificate = request.headers['x-client-cert']
    if (typeof certificate === 'string') certificates.add(decodeURIComponent(certificate))
    const [path = ''] = (request.url ?? '').split('?')
    response.end(obey(path, Buffer.concat(chunks)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  // A server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, received, certificates, close: () => server.close() }
}

const minute = 60_000

/** The scenario's devices at a stand-in server, with a clock held by the test. */
const bench = async (scenario: Scenario, apiKey?: string) => {
  const server = await mdmServer()
  let now = 0
  const log: string[] = []
  const lab = createAgainst({
    url: server.url,
    scenario,
    certificateOf: (labTag) => `certificate of ${labTag}`,
    certificateHeader: 'X-Client-Cert',
    apiKey,
    now: () => now,
    log: (labTag, words) => log.push(`${labTag} ${words}`),
  })
  await lab.enrol()
  const passMinutes = async (minutes: number) => {
    for (let passed = 0; passed < minutes; passed++) {
      now += minute
      await lab.tick()
    }
  }
  return { ...server, log, lab, passMinutes, device: () => lab.clients[0]?.device() }
}

const update = { send: 'ScheduleOSUpdate', device: 'T-1' }
const twoCommands = {
  steps: [
    { ...update, at: 5, installAction: 'Default' },
    { ...update, at: 25, installAction: 'InstallASAP' },
  ],
}

test('a device enrols with its certificate and goes through a protocol by the device protocol', async () => {
  const {
    passMinutes,
    device: now,
    received,
    certificates,
    log,
  } = await bench(scenarioOf(twoCommands), 'key')
  await passMinutes(60)
  expect(received.slice(0, 2)).toEqual(['Authenticate', 'TokenUpdate'])
  expect([...certificates]).toEqual(['certificate of T-1'])
  expect(now()?.osVersion).toBe('12.1')
  expect(Object.values(now()?.deliveries ?? {})).toEqual([1, 1])
  expect(log).toContain('T-1 ScheduleOSUpdate is queued')
  expect(log.at(-1)).toBe('T-1 · at rest on 12.1 (16B92)')
})

test('without an API key the scenario sends nothing, and a step of the server is left out', async () => {
  const steps = [...twoCommands.steps, { at: 1, server: { push: 'unreachable' } }]
  const { passMinutes, log, device: now } = await bench(scenarioOf({ steps }))
  await passMinutes(30)
  expect(log).toContain('T-1 ScheduleOSUpdate is not sent: no API key was given')
  expect(log).toContain('server a step for the server is left out: this one is real')
  expect(now()?.deliveries).toEqual({})
})

test('a late reply: the device is silent until it is due, and then delivers it first', async () => {
  const steps = [{ ...update, at: 2, installAction: 'Default' }]
  const scenario = scenarioOf({ steps }, { faults: { replyLate: 10 } })
  const { passMinutes, received, device: now } = await bench(scenario, 'key')
  await passMinutes(2)
  expect(now()?.update?.phase).toBe('downloading')
  received.length = 0
  await passMinutes(9)
  expect(received).toEqual([])
  await passMinutes(2)
  expect(received[0]).toBe('Acknowledged')
})

test('a doubled reply is sent twice', async () => {
  const steps = [{ at: 2, device: 'T-1', send: 'SecurityInfo' }]
  const scenario = scenarioOf({ steps }, { faults: { replyTwice: true } })
  const { passMinutes, received } = await bench(scenario, 'key')
  await passMinutes(4)
  expect(received.filter((status) => status === 'Acknowledged')).toHaveLength(2)
})

test('a step that cannot be done, and a server that is gone, are lines in the log', async () => {
  const steps = [{ at: 1, device: 'T-1', do: 'enterPasscode' }]
  const { passMinutes, log, close, url } = await bench(scenarioOf({ steps }))
  await passMinutes(2)
  expect(log).toContain('script No prompt for an update is showing')
  await new Promise((resolve) => close().once('close', resolve))
  await passMinutes(2)
  expect(log.at(-1)).toContain(`T-1 ${url}/mdm does not answer`)
})
