import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createLabControl } from './control-client'
import { commandPlist, deviceTagged, updateOf } from './testing'
import { webhookSignature } from './webhook'

const script = fileURLToPath(new URL('./main.ts', import.meta.url))
const apiKey = 'lab-api-key'

const exited = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise<number | null>((resolve) => child.once('exit', resolve))

const start = (env: Record<string, string>, stdio: 'pipe' | 'ipc' = 'pipe') => {
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, ...env },
    stdio: stdio === 'ipc' ? ['ignore', 'pipe', 'pipe', 'ipc'] : 'pipe',
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited(child)
  })
  let said = ''
  const collect = (chunk: Buffer) => {
    said += chunk
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const url = /^virtual lab listening on (http\S+)$/m.exec(said)?.[1]
      if (url) resolve(url)
    })
    child.once('exit', () => reject(new Error(`the lab ended: ${said}`)))
  })
  // A lab that is meant to fail has nobody who waits for its address.
  listening.catch(() => undefined)
  return { child, listening, said: () => said }
}

const stateFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtual-lab-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const environment = (folder: string, more = {}) => ({
  VIRTUAL_LAB_PORT: '0',
  VIRTUAL_LAB_STATE: folder,
  VIRTUAL_LAB_API_KEY: apiKey,
  VIRTUAL_LAB_SEED: 'demo',
  ...more,
})

type Recorded = { topic: string; udid: string; status?: string; signed: boolean }

/** The app's end of the webhook; `until` resolves with the first event that fits. */
const receiver = async () => {
  const events: Recorded[] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const { topic, acknowledge_event, checkin_event } = JSON.parse(body)
    const { udid, status } = acknowledge_event ?? checkin_event
    const signed = request.headers['x-hmac-signature'] === webhookSignature('hmac', body)
    events.push({ topic, udid, status, signed })
    response.writeHead(200).end()
    for (const look of waiting) look()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  // A server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo
  const until = (fits: (events: Recorded[]) => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!fits(events)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return { url: `http://127.0.0.1:${port}/hook`, events, until }
}

const enqueue = (url: string, id: string, body: string) =>
  fetch(`${url}/v1/enqueue/${id}`, {
    method: 'PUT',
    headers: { authorization: `Basic ${Buffer.from(`nanomdm:${apiKey}`).toString('base64')}` },
    body,
  })

test('a killed lab goes on with its download, installs, and does not enrol again', async () => {
  const hook = await receiver()
  const env = environment(stateFolder(), {
    VIRTUAL_LAB_WEBHOOK_URL: hook.url,
    VIRTUAL_LAB_HMAC_KEY: 'hmac',
    VIRTUAL_LAB_SPEED: '1',
  })
  const { enrollmentId: id } = deviceTagged('B-01')
  const answered = (count: number) => (events: Recorded[]) =>
    events.filter(({ udid, status }) => udid === id && status === 'Acknowledged').length === count

  const first = start(env)
  const firstUrl = await first.listening
  await hook.until(({ length }) => length >= 24)
  expect(
    (await enqueue(firstUrl, id, commandPlist('a', 'ScheduleOSUpdate', updateOf('Default'))))
      .status,
  ).toBe(200)
  await hook.until(answered(1))
  first.child.kill('SIGKILL')
  await exited(first.child)
  hook.events.length = 0

  const second = start({ ...env, VIRTUAL_LAB_SPEED: '3600' })
  const url = await second.listening
  const control = createLabControl(url, apiKey)
  expect(await control.getDevice(id)).toMatchObject({ ok: true, value: { deliveries: { a: 1 } } })
  await expect
    .poll(async () => await control.getDevice(id))
    .toMatchObject({ value: { phase: 'downloaded' } })
  await enqueue(url, id, commandPlist('b', 'ScheduleOSUpdate', updateOf('Default')))
  await hook.until((events) => events.some(({ topic }) => topic === 'mdm.TokenUpdate'))
  expect(await control.getDevice(id)).toMatchObject({
    value: { osVersion: '12.1', osBuild: '16B92', deliveries: { a: 1, b: 1 } },
  })
  expect(hook.events.map(({ topic }) => topic)).not.toContain('mdm.Authenticate')
  expect(hook.events.every(({ signed }) => signed)).toBe(true)
})

test('the control client acts, and reads refusals and silence as values', async () => {
  const { listening, child } = start(environment(stateFolder()))
  const url = await listening
  const control = createLabControl(url, apiKey)
  const { enrollmentId: id } = deviceTagged('B-03')
  expect(await control.listDevices()).toMatchObject({
    ok: true,
    value: { devices: { length: 12 } },
  })
  expect(await control.act(id, 'setBattery', 0.4)).toMatchObject({
    ok: true,
    value: { batteryLevel: 0.4 },
  })
  expect(await control.act(id, 'setBattery', 40)).toMatchObject({
    ok: false,
    status: 400,
    refusal: { field: 'value' },
  })
  expect(await control.act(id, 'enterPasscode')).toMatchObject({ ok: false, status: 409 })
  expect(await control.setSpeed(20)).toMatchObject({ ok: true, value: { speed: 20 } })
  expect(await control.getClock()).toMatchObject({ ok: true, value: { speed: 20 } })
  expect(await control.reset()).toMatchObject({ ok: true })
  expect(await control.getDevice('a%')).toMatchObject({ ok: false, status: 404 })
  expect(await createLabControl(url, 'wrong').getClock()).toMatchObject({
    ok: false,
    status: 401,
    refusal: { error: 'Unauthorized' },
  })
  expect((await fetch(`${url}/v1/enqueue/%`)).status).toBe(400)
  child.kill('SIGTERM')
  expect(await exited(child)).toBe(0)
  expect(await control.getClock()).toMatchObject({ ok: false, status: undefined })
})

test('a lab ends when its parent goes: by its stdin, or by its IPC channel', async () => {
  const piped = start(environment(stateFolder()))
  await piped.listening
  piped.child.stdin?.end()
  expect(await exited(piped.child)).toBe(0)

  const connected = start(environment(stateFolder()), 'ipc')
  await connected.listening
  connected.child.disconnect()
  expect(await exited(connected.child)).toBe(0)
})

test('a wrong environment and a taken port end with a message that says what to change', async () => {
  const wrong = start({ VIRTUAL_LAB_PORT: 'x', VIRTUAL_LAB_STATE: '', VIRTUAL_LAB_API_KEY: 'k' })
  expect(await exited(wrong.child)).toBe(2)
  expect(wrong.said()).toContain('VIRTUAL_LAB_PORT is "x"')
  expect(wrong.said()).toContain('VIRTUAL_LAB_STATE is missing')

  const hook = await receiver()
  const taken = start(environment(stateFolder(), { VIRTUAL_LAB_PORT: new URL(hook.url).port }))
  expect(await exited(taken.child)).toBe(1)
  expect(taken.said()).toContain('choose another VIRTUAL_LAB_PORT')
})

test('a scenario runs as a process: its devices, its server, and what it keeps', async () => {
  const folder = stateFolder()
  const file = join(folder, 'scenario.json')
  const device = { labTag: 'S-1', modelName: 'iPad Air', platform: 'iOS', productName: 'iPad4,1' }
  const scenario = {
    version: 1,
    title: 'One iPad',
    seed: 'process',
    speed: 600,
    server: { storage: 'filekv' },
    devices: [{ ...device, osVersion: '11.4.1', osBuild: '15G77', faults: { notNow: 2 } }],
    steps: [{ at: 0.5, device: 'S-1', do: 'unplug' }],
  }
  writeFileSync(file, JSON.stringify(scenario))
  const { VIRTUAL_LAB_SEED: _seed, ...given } = environment(join(folder, 'state'))
  const env = { ...given, VIRTUAL_LAB_SCENARIO: file }
  const first = start(env)
  const control = createLabControl(await first.listening, apiKey)
  await expect
    .poll(() => control.listDevices())
    .toMatchObject({
      value: {
        devices: [{ labTag: 'S-1', plugged: false, faults: { notNow: 2 } }],
        clock: { speed: 600, seed: 'process' },
        server: { storage: 'filekv' },
      },
    })
  const seen = await control.listDevices()
  const id = (seen.ok && seen.value.devices[0]?.enrollmentId) || ''
  expect(await control.setFault(id, 'replyLate', 5)).toMatchObject({ ok: true })
  expect(await control.setFault(id, 'replyLate', true)).toMatchObject({ ok: false, status: 400 })
  expect(await control.setServer({ push: 'unreachable' })).toMatchObject({
    ok: true,
    value: { push: 'unreachable', storage: 'filekv' },
  })
  first.child.kill('SIGTERM')
  await exited(first.child)
  const again = createLabControl(await start(env).listening, apiKey)
  expect(await again.listDevices()).toMatchObject({
    value: { devices: [{ faults: { notNow: 2, replyLate: 5 } }], server: { push: 'unreachable' } },
  })

  writeFileSync(file, '{"version":1}')
  const wrong = start(env)
  expect(await exited(wrong.child)).toBe(2)
  expect(wrong.said()).toContain('title is missing; accepted: a title')
  const missing = start({ ...env, VIRTUAL_LAB_SCENARIO: join(folder, 'none.json') })
  expect(await exited(missing.child)).toBe(2)
  expect(missing.said()).toContain('VIRTUAL_LAB_SCENARIO is')
})
