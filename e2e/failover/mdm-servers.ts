import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import { addServer } from '@/lib/core/testing/device'
import { fakeServer } from '@/lib/core/testing/mdm-server'
import type { Db } from '@/lib/db/client'
import type { SendResult } from '@/lib/mdm/server'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import { apiKey, startMicromdm } from './real-micromdm'

/** An MDM server, which keeps its state when the database goes back in time. */
export type Mdm = {
  servers(db: Db): MdmServers
  /** Adds it to the lab and returns its ID; undefined if every test device may have its own server. */
  addTo(db: Db): Promise<string | undefined>
  /** CommandUUIDs accepted for these devices; one that was accepted twice is listed twice. */
  accepted(enrollmentIds: readonly string[]): Promise<string[]>
  stop(): Promise<void>
}

const standIn = (refusesRepeated: boolean): Mdm => {
  const known = new Set<string>()
  const { servers, ledger } = fakeServer((uuid): SendResult => {
    if (refusesRepeated && known.has(uuid))
      return { outcome: 'queued', reason: 'command already exists' }
    known.add(uuid)
    return { outcome: 'queued', reason: 'the server has it', httpStatus: 200, body: '{}' }
  })
  return {
    servers: () => servers,
    addTo: async () => undefined,
    accepted: async () => ledger.enqueued,
    stop: async () => undefined,
  }
}

/** Adds a running MicroMDM to the lab; returns its ID. */
export const addMicromdm = (db: Db, url: string): Promise<string> =>
  addServer(db, false, {
    kind: 'micromdm',
    url,
    apiKey,
    hmacKey: '',
    webhookTokenSha256: 'b'.repeat(64),
  })

/** A real MicroMDM, used through the worker's client. No device polls, so its queue keeps every command. */
async function realMicromdm(binary: string): Promise<Mdm> {
  const micromdm = await startMicromdm(binary)
  return {
    servers: mdmServersOf,
    addTo: (db) => addMicromdm(db, micromdm.url),
    accepted: async (enrollmentIds) =>
      (await Promise.all(enrollmentIds.map(micromdm.waiting))).flat(),
    stop: micromdm.stop,
  }
}

const binary = process.env.MICROMDM_BIN

/** MDM servers by their answer to a repeated CommandUUID: NanoMDM refuses it, MicroMDM accepts it again. */
export const mdmKinds: Record<string, () => Promise<Mdm>> = {
  'refuses a repeated CommandUUID': async () => standIn(true),
  'accepts every command': async () => standIn(false),
  ...(binary ? { 'is a real MicroMDM': () => realMicromdm(binary) } : {}),
}
