import path from 'node:path'
import { findFreePort } from '@/scripts/virtual-lab-process'
import { type GoServer, startGoServer } from './go-server'
import { apiKey, deviceArgs, startNanomdm } from './real-nanomdm'

/** Real servers that serve declarations. Tests with them run only where scripts/test-nanomdm.ts has found their programs. */
export type DeclarationServers = {
  /** The MDM server: devices connect to its `/mdm`. */
  mdm: GoServer
  mdmKey: string
  /** What serves declarations: KMFDDM, or the same NanoHUB. */
  declarations: GoServer
  /** The base address of its API, without a slash at the end, and the user and key of HTTP Basic. */
  api: { url: string; user: string; key: string }
  stop(): Promise<void>
}

const declarationsKey = 'kmfddm-test-api-key'

/** A path of an environment variable that scripts/test-nanomdm.ts sets. */
const programOf = (variable: string): string => {
  const binary = process.env[variable]
  if (binary === undefined) throw new Error(`${variable} names no program`)
  return binary
}

/**
 * Starts a real NanoMDM with a real KMFDDM v0.8.3 behind it, both on files. KMFDDM queues its commands at NanoMDM
 * with a push that fails, as there is no push certificate.
 */
export async function startNanomdmWithKmfddm(webhookUrl: string): Promise<DeclarationServers> {
  const [port, kmfddmPort] = [await findFreePort(), await findFreePort()]
  const kmfddm = await startGoServer({
    ...{ name: 'KMFDDM', binary: programOf('KMFDDM_BIN'), port: kmfddmPort },
    args: (folder) => [
      ...['-listen', `127.0.0.1:${kmfddmPort}`, '-api', declarationsKey],
      ...['-enqueue', `http://127.0.0.1:${port}/v1/enqueue/`, '-enqueue-key', apiKey],
      ...['-storage', 'filekv', '-storage-dsn', path.join(folder, 'db')],
    ],
  })
  const nanomdm = await startNanomdm(programOf('NANOMDM_BIN'), {
    ...{ storage: { kind: 'filekv' }, webhookUrl, port },
    declarationsUrl: `${kmfddm.url}/`,
  })
  return {
    ...{ mdm: nanomdm, mdmKey: apiKey, declarations: kmfddm },
    api: { url: `${kmfddm.url}/v1`, user: 'kmfddm', key: declarationsKey },
    stop: async () => {
      await nanomdm.stop()
      await kmfddm.stop()
    },
  }
}

/** Starts a real NanoHUB v0.2.0 on files: MDM server and server of declarations in one process. */
export async function startNanohub(webhookUrl: string): Promise<DeclarationServers> {
  const port = await findFreePort()
  const nanohub = await startGoServer({
    ...{ name: 'NanoHUB', binary: programOf('NANOHUB_BIN'), port },
    args: (folder) => [
      ...['-listen', `127.0.0.1:${port}`, '-api-key', apiKey, ...deviceArgs],
      ...['-storage', 'file', '-storage-dsn', path.join(folder, 'db')],
      ...['-webhook-url', webhookUrl],
    ],
  })
  return {
    ...{ mdm: nanohub, mdmKey: apiKey, declarations: nanohub },
    api: { url: `${nanohub.url}/api/v1/ddm`, user: 'nanohub', key: apiKey },
    stop: nanohub.stop,
  }
}
