import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { kmfddmPath } from '@/lib/virtual-lab/http-exchange'
import type { VirtualDevice } from '@/lib/virtual-lab/virtual-device'
import { findFreePort } from '@/scripts/virtual-lab-process'
import { type WireLine, wireOf } from './wire'

const script = path.join(import.meta.dirname, 'lab-process.ts')
const apiKey = 'virtual-kmfddm-key'

/** Before a request takes effect, or after it did and before its answer leaves. */
export const labMoments = ['arrives', 'answered'] as const
export type LabDeath = { at: (typeof labMoments)[number]; nth: number }
export type ToLab = { death: LabDeath } | { add: VirtualDevice } | { away: string }
/** Each message to the lab is answered. */
export type FromLab = { ready: true } | { done: true }

export type VirtualKmfddm = Awaited<ReturnType<typeof startVirtualKmfddm>>

/**
 * Starts a virtual lab in a process of its own, with its KMFDDM, and again at the same address whenever it dies. What
 * its devices send goes to `take`, once; the number is the answer to the lab.
 */
export async function startVirtualKmfddm(take: (body: Buffer) => Promise<number>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-kills-'))
  const wireFile = path.join(folder, 'wire.jsonl')
  writeFileSync(wireFile, '')
  const port = await findFreePort()
  const relay = await startRelay(take)
  const start = async () => {
    const args = [path.join(folder, 'lab'), wireFile, String(port), relay.url, apiKey]
    const child = fork(script, args, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('the virtual lab did not start'))),
    ])
    child.once('exit', () => {
      if (!closing) running = start()
    })
    return child
  }
  let closing = false
  let running = start()
  const tell = async (message: ToLab): Promise<void> => {
    const child = await running
    const ended = new AbortController()
    const { signal } = ended
    const done = [once(child, 'message', { signal }), once(child, 'exit', { signal })]
    for (const one of done) one.catch(() => undefined)
    // Sending to a process that has just died may fail.
    if (child.connected) child.send(message, () => undefined)
    else ended.abort()
    await Promise.race(done).catch(() => undefined)
    ended.abort()
  }
  const url = `http://127.0.0.1:${port}`
  await running
  return {
    url,
    declarationsUrl: `${url}${kmfddmPath}`,
    apiKey,
    tell,
    die: (death: LabDeath) => tell({ death }),
    kill: async () => void (await running).kill('SIGKILL'),
    /** Resolves when it runs, also if it has just died; with the process that runs. */
    isUp: async () => {
      for (let child = await running; ; child = await running)
        if (child.exitCode === null && child.signalCode === null) return child
        else await new Promise((resolve) => setTimeout(resolve, 20))
    },
    add: (device: VirtualDevice) => tell({ add: device }),
    wire: (enrollmentId: string, set: string) => wireOf(linesOf(wireFile), enrollmentId, set),
    holds: (enrollmentId: string) => holdsAt(`${url}${kmfddmPath}`, enrollmentId),
    attachStrange: (enrollmentId: string) => attachStrange(`${url}${kmfddmPath}/v1`, enrollmentId),
    close: async () => {
      closing = true
      const child = await running
      child.kill('SIGKILL')
      await relay.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Only the process of the lab writes them. */
const linesOf = (file: string): WireLine[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WireLine)

const authorization = `Basic ${Buffer.from(`kmfddm:${apiKey}`).toString('base64')}`

/** What the virtual KMFDDM holds for a device, asked without Oneway's own client. */
async function holdsAt(url: string, enrollmentId: string) {
  const list = async (place: string): Promise<string[]> => {
    const response = await fetch(`${url}/v1${place}`, { headers: { authorization } })
    if (response.status !== 200) throw new Error(`${place} was answered with ${response.status}`)
    return z.array(z.string()).parse((await response.json()) ?? [])
  }
  return {
    attached: await list(`/enrollment-sets/${enrollmentId}`),
    declarations: await list('/declarations'),
  }
}

/** Somebody else attaches a set of his own to the device, in which nothing is about updates. */
async function attachStrange(api: string, enrollmentId: string): Promise<string> {
  const set = `strange.${enrollmentId}`
  const put = async (place: string, body?: string) => {
    const init = { method: 'PUT', headers: { authorization }, ...(body !== undefined && { body }) }
    const { status } = await fetch(`${api}${place}`, init)
    if (status !== 204) throw new Error(`${place} was answered with ${status}`)
  }
  const declaration = {
    ...{ Identifier: set, Type: 'com.apple.configuration.passcode.settings' },
    Payload: { RequirePasscode: false },
  }
  await put('/declarations?nonotify=1', JSON.stringify(declaration))
  await put(`/set-declarations/${set}?declaration=${set}&nonotify=1`)
  await put(`/enrollment-sets/${enrollmentId}?set=${set}&nonotify=1`)
  return set
}

async function startRelay(take: (body: Buffer) => Promise<number>) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    response.writeHead(await take(Buffer.concat(chunks))).end()
  })
  const port = await listening(server)
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { url: `http://127.0.0.1:${port}/`, close }
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
