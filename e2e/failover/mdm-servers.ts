import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import { addServer } from '@/lib/core/testing/device'
import { fakeServer } from '@/lib/core/testing/mdm-server'
import type { Db } from '@/lib/db/client'
import type { SendResult } from '@/lib/mdm/server'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import { apiKey, startMicromdm } from './real-micromdm'

/** An MDM server that outlives the database, and what it was given. */
export type Mdm = {
  servers(db: Db): MdmServers
  /** Its entry in a lab that has none yet; undefined where each device may have a server of its own. */
  addTo(db: Db): Promise<string | undefined>
  /** The CommandUUIDs it has taken for these devices, each as often as it was taken. */
  taken(enrollmentIds: readonly string[]): Promise<string[]>
  stop(): Promise<void>
}

const stand = (refuses: boolean): Mdm => {
  const had = new Set<string>()
  const { servers, ledger } = fakeServer((uuid): SendResult => {
    if (refuses && had.has(uuid)) return { outcome: 'queued', reason: 'command already exists' }
    had.add(uuid)
    return { outcome: 'queued', reason: 'the server has it', httpStatus: 200, body: '{}' }
  })
  return {
    servers: () => servers,
    addTo: async () => undefined,
    taken: async () => ledger.enqueued,
    stop: async () => undefined,
  }
}

/** Adds the entry of a MicroMDM that runs. */
export const addMicromdm = (db: Db, url: string): Promise<string> =>
  addServer(db, false, {
    kind: 'micromdm',
    url,
    apiKey,
    hmacKey: '',
    webhookTokenSha256: 'b'.repeat(64),
  })

/** A real MicroMDM, by the client that the worker uses; no device ever polls, so its queue keeps everything. */
async function realMicromdm(binary: string): Promise<Mdm> {
  const micromdm = await startMicromdm(binary)
  return {
    servers: mdmServersOf,
    addTo: (db) => addMicromdm(db, micromdm.url),
    taken: async (enrollmentIds) => (await Promise.all(enrollmentIds.map(micromdm.waiting))).flat(),
    stop: micromdm.stop,
  }
}

const binary = process.env.MICROMDM_BIN

/** What an MDM server can do with a CommandUUID that it has: NanoMDM refuses it, MicroMDM takes it again. */
export const mdmKinds: Record<string, () => Promise<Mdm>> = {
  'refuses a repeated CommandUUID': async () => stand(true),
  'takes every command': async () => stand(false),
  ...(binary ? { 'is a real MicroMDM': () => realMicromdm(binary) } : {}),
}
