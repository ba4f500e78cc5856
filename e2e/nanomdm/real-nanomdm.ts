import { readFileSync } from 'node:fs'
import path from 'node:path'
import { findFreePort } from '@/scripts/virtual-lab-process'
import { type GoServer, startGoServer } from './go-server'

export const apiKey = 'nanomdm-test-api-key'
export const hmacKey = 'nanomdm-test-hmac-key'
export const certificateHeader = 'X-Client-Cert'

const testdata = path.join(import.meta.dirname, 'testdata')

/** The identity certificate of one of the fifteen test devices; NanoMDM binds it to the enrollment. */
export const certificateOf = (device: number): string =>
  readFileSync(path.join(testdata, `device-${device}.pem`), 'utf8')

/** What a server needs to know the test devices by. */
export const deviceArgs = [
  ...['-ca', path.join(testdata, 'ca.pem'), '-cert-header', certificateHeader],
]

/** A running NanoMDM, real or virtual. */
export type Nanomdm = Pick<GoServer, 'url' | 'log' | 'stop'>

export type Storage = { kind: 'filekv' } | { kind: 'pgsql'; dsn: string }

type Options = {
  storage: Storage
  webhookUrl: string
  port?: number
  /** The address that declarative check-ins are passed on to (`-dm`). */
  declarationsUrl?: string
}

/**
 * Starts a real NanoMDM on loopback. Without a push certificate every push fails; commands stay queued until
 * the devices poll.
 */
export async function startNanomdm(binary: string, options: Options): Promise<GoServer> {
  const { storage, webhookUrl, port = await findFreePort(), declarationsUrl } = options
  return startGoServer({
    ...{ name: 'NanoMDM', binary, port },
    args: (folder) => [
      ...['-listen', `127.0.0.1:${port}`, '-api', apiKey, ...deviceArgs],
      ...['-storage', storage.kind],
      ...['-storage-dsn', storage.kind === 'filekv' ? path.join(folder, 'db') : storage.dsn],
      ...['-webhook-url', webhookUrl, '-webhook-hmac-key', hmacKey],
      ...(declarationsUrl === undefined ? [] : ['-dm', declarationsUrl]),
    ],
  })
}
