import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findFreePort } from '@/scripts/virtual-lab-process'

export const apiKey = 'nanomdm-test-api-key'
export const hmacKey = 'nanomdm-test-hmac-key'
export const certificateHeader = 'X-Client-Cert'

const testdata = path.join(import.meta.dirname, 'testdata')

/** The identity certificate of one of the fifteen test devices; NanoMDM binds it to the enrollment. */
export const certificateOf = (device: number): string =>
  readFileSync(path.join(testdata, `device-${device}.pem`), 'utf8')

/** A running NanoMDM, real or virtual. */
export type Nanomdm = { url: string; log(): string; stop(): Promise<void> }

export type Storage = { kind: 'filekv' } | { kind: 'pgsql'; dsn: string }

/**
 * Starts a real NanoMDM on loopback. Without a push certificate every push fails; commands stay queued until
 * the devices poll.
 */
export async function startNanomdm(
  binary: string,
  storage: Storage,
  webhookUrl: string,
): Promise<Nanomdm> {
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-nanomdm-'))
  const port = await findFreePort()
  const dsn = storage.kind === 'filekv' ? path.join(folder, 'db') : storage.dsn
  const child = spawn(
    binary,
    [
      ...['-listen', `127.0.0.1:${port}`, '-api', apiKey, '-ca', path.join(testdata, 'ca.pem')],
      ...['-storage', storage.kind, '-storage-dsn', dsn, '-cert-header', certificateHeader],
      ...['-webhook-url', webhookUrl, '-webhook-hmac-key', hmacKey],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let log = ''
  const collect = (chunk: Buffer) => {
    log += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  await waitForAnswer(`${url}/version`, () => log)
  return {
    url,
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function waitForAnswer(url: string, log: () => string): Promise<void> {
  const begun = Date.now()
  for (;;) {
    try {
      if ((await fetch(url)).ok) return
    } catch (error) {
      if (Date.now() - begun > 15_000)
        throw new Error(`NanoMDM does not respond: ${log()}`, { cause: error })
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
