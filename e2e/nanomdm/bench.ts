import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { counterSign } from '@/lib/core/release/counter-sign'
import { pauseQueries } from '@/lib/core/release/pause-queries'
import { previewSlot } from '@/lib/core/release/preview-slot'
import { queryDevice } from '@/lib/core/release/query-device'
import { readingsOf } from '@/lib/core/testing/device'
import { engineer, lead, must } from '@/lib/core/testing/people'
import { proofOf, releaseSigned, reviewedProtocol, twoSlots } from '@/lib/core/testing/trial'
import { armTrial, draftTrial, registerTrial } from '@/lib/core/trials/prepare-trial'
import { currentState, insertReadings } from '@/lib/db/queries/devices/readings'
import { insertServer } from '@/lib/db/queries/servers/servers'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { listCommandsOfDevice } from '@/lib/db/queries/trials/commands'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { hashWebhookToken, makeWebhookToken } from '@/lib/mdm/webhook-proof'
import { freshFleet } from '@/lib/virtual-lab/fleet'
import { createMdmClient, type MdmClient } from '@/lib/virtual-lab/mdm-client'
import { type StorageKind, storageKinds } from '@/lib/virtual-lab/nanomdm-store'
import type { VirtualDevice } from '@/lib/virtual-lab/virtual-device'
import { witnessFolderOf } from '@/lib/witness/testing'
import { startWorker } from '@/lib/worker/worker'
import { startNanohub } from './declaration-servers'
import {
  apiKey,
  certificateHeader,
  certificateOf,
  hmacKey,
  type Nanomdm,
  type Storage,
  startNanomdm,
} from './real-nanomdm'
import { startVirtualNanomdm } from './virtual-nanomdm'
import { listenForWebhooks } from './webhook-listener'

const binary = process.env.NANOMDM_BIN
const schemaFile = process.env.NANOMDM_PGSQL_SCHEMA

/** The device's clock: a minute passes in 0.1 s. */
export const speed = 600

export type ServerCase = { name: string; simulated: boolean } & (
  | { virtual: StorageKind }
  | { binary: string; schemaFile: string | undefined }
  | { nanohub: true }
)

const virtualServers: ServerCase[] = storageKinds.map((virtual) => ({
  name: `the virtual NanoMDM on ${virtual}`,
  simulated: true,
  virtual,
}))

/** Those this machine has the binary and schema for; scripts/test-nanomdm.ts reports the others. */
const realNanomdms: ServerCase[] =
  binary === undefined
    ? []
    : [undefined, ...(schemaFile === undefined ? [] : [schemaFile])].map((file) => ({
        name: `a real NanoMDM v0.9.0 on ${file === undefined ? 'filekv' : 'pgsql'}`,
        simulated: false,
        binary,
        schemaFile: file,
      }))

const realNanohubs: ServerCase[] =
  process.env.NANOHUB_BIN === undefined
    ? []
    : [{ name: 'a real NanoHUB v0.2.0 on file', simulated: false, nanohub: true }]

export const servers: ServerCase[] = [...virtualServers, ...realNanomdms, ...realNanohubs]

const storageOf = (server: ServerCase): StorageKind | undefined => {
  if ('virtual' in server) return server.virtual
  if ('nanohub' in server) return undefined
  return server.schemaFile === undefined ? 'filekv' : 'pgsql'
}

/** The real NanoMDM with that storage if this machine has it, otherwise the virtual one. */
export function serverOn(storage: StorageKind): ServerCase {
  const server = [...realNanomdms, ...virtualServers].find((one) => storageOf(one) === storage)
  if (!server) throw new Error(`no NanoMDM on ${storage}`)
  return server
}

/** A lab with one NanoMDM, its webhook listener and a worker, and helpers that act as people and devices. */
export type Bench = Awaited<ReturnType<typeof openBench>>

/** @param isLost whether a webhook body gets lost, as when the webhook is down */
export async function openBench(server: ServerCase, isLost?: (body: string) => boolean) {
  const lab = await createTestDb()
  const listener = await listenForWebhooks(lab.db, isLost)
  const { nanomdm, queue } = await startServer(server, listener.url('lab', webhookToken))
  await insertServer(lab.db, {
    ...{ slug: 'lab', name: 'MDM server', url: nanomdm.url, apiKey },
    ...('nanohub' in server
      ? { kind: 'nanohub', hmacKey: '', webhookTokenSha256: hashWebhookToken(webhookToken) }
      : { kind: 'nanomdm', hmacKey }),
    simulated: server.simulated,
  })
  const by = { changedAt: new Date(), changedBy: 'test' }
  await storeLabSetting(lab.db, 'holdSeconds', 1, by)
  await storeLabSetting(lab.db, 'probeSeconds', 2, by)
  const worker = startWorker(lab.url, { witnessFolder: witnessFolderOf(lab.url), pauseMs: 50 })
  const devices = devicesOf(lab, nanomdm)
  const people = peopleOf(lab)
  /** Presses Release until the slot is released, while the device keeps polling. */
  const release = async (client: MdmClient, trialId: string, ordinal: number, wait?: Waiting) => {
    let commandUuid: string | undefined
    const released = async () => {
      commandUuid = await people.press(trialId, ordinal)
      return commandUuid !== undefined
    }
    await devices.runUntil(client, released, { what: `release ${ordinal}`, ...wait })
    return commandUuid ?? ''
  }
  return {
    lab,
    listener,
    nanomdm,
    ...devices,
    ...people,
    release,
    close: async () => {
      await worker.stop()
      await nanomdm.stop()
      await listener.close()
      await queue?.drop()
      await lab.drop()
    },
  }
}

/** In the address of every webhook; only a NanoHUB is let in by it. */
const webhookToken = makeWebhookToken()

type Started = { nanomdm: Nanomdm; queue?: TestDb | undefined }

async function startServer(server: ServerCase, webhookUrl: string): Promise<Started> {
  if ('virtual' in server) return { nanomdm: await startVirtualNanomdm(server.virtual, webhookUrl) }
  if ('nanohub' in server) return { nanomdm: (await startNanohub(webhookUrl)).mdm }
  if (server.schemaFile === undefined)
    return {
      nanomdm: await startNanomdm(server.binary, { storage: { kind: 'filekv' }, webhookUrl }),
    }
  const queue = await createTestDb()
  // NanoMDM's tables get a schema of their own: both programs have a table "devices".
  await queue.sql.unsafe('create schema nanomdm')
  await queue.sql.unsafe(`set search_path to nanomdm; ${readFileSync(server.schemaFile, 'utf8')}`)
  const dsn = new URL(queue.url)
  dsn.searchParams.set('sslmode', 'disable')
  dsn.searchParams.set('search_path', 'nanomdm')
  const storage: Storage = { kind: 'pgsql', dsn: dsn.href }
  return { nanomdm: await startNanomdm(server.binary, { storage, webhookUrl }), queue }
}

function devicesOf(lab: TestDb, nanomdm: Nanomdm) {
  /** A device of the virtual fleet, changed by `but`, with the test certificate of that number. */
  const deviceOf = (
    labTag: string,
    certificate: number,
    {
      but,
      binaryReplies,
    }: { but?: Partial<VirtualDevice>; binaryReplies?: (requestType: string) => boolean } = {},
  ): MdmClient => {
    const device = freshFleet().find((one) => one.labTag === labTag)
    if (!device) throw new Error(`the fleet has no ${labTag}`)
    const begun = Date.now()
    return createMdmClient({
      url: `${nanomdm.url}/mdm`,
      certificate: certificateOf(certificate),
      certificateHeader,
      device: { ...device, ...but },
      seed: 'nanomdm',
      now: () => begun + (Date.now() - begun) * speed,
      binaryReplies,
    })
  }

  const find = async ({ device }: MdmClient) => {
    const [row] =
      await lab.sql`select id from devices where enrollment_id = ${device().enrollmentId}`
    return row ? String(row.id) : undefined
  }

  /** Runs the device's clock and polls until a condition holds. */
  const runUntil = async (
    client: MdmClient,
    condition: () => Promise<boolean>,
    { what = 'it', deadlineMs = 400_000, pollMs = 100 }: Waiting = {},
  ) => {
    const begun = Date.now()
    while (!(await condition())) {
      if (Date.now() - begun > deadlineMs)
        throw new Error(
          `${what} did not happen; the MDM server's log: ${nanomdm.log().slice(-2000)}`,
        )
      await client.feel({ kind: 'time' })
      await client.poll()
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
  }

  const enrol = async (client: MdmClient): Promise<string> => {
    await client.enrol()
    await expect.poll(() => find(client), { timeout: 300_000 }).toBeTypeOf('string')
    return (await find(client)) ?? ''
  }
  return { deviceOf, runUntil, enrol }
}

type Waiting = { what?: string; deadlineMs?: number; pollMs?: number }

/** What no query shows and a person enters, on a device that qualifies. */
export const typedByPeople = {
  depEnrolled: true,
  appInstallationRight: true,
  userEnrollment: false,
  externalPower: true,
  network: 'wifi',
  networkName: 'Lab',
  networkCaptive: false,
  activeDeclaration: false,
  automaticUpdatesOff: true,
} as const

function peopleOf({ db }: TestDb) {
  const createArmedTrial = async (deviceId: string, serial: string) => {
    await insertReadings(db, deviceId, readingsOf(typedByPeople, new Date()))
    const versionId = await reviewedProtocol(db, twoSlots, new Date())
    const draft = { deviceId, protocolVersionId: versionId, expectation: 'It installs.' }
    const { trialId } = must(await draftTrial(db, engineer, draft, new Date()), 'done')
    must(await registerTrial(db, engineer, { trialId }, new Date()), 'done')
    const check = { trialId, serialLast4: serial.slice(-4) }
    must(await armTrial(db, engineer, check, new Date()), 'done')
    return trialId
  }

  const preview = async (trialId: string, ordinal: number) =>
    must(await previewSlot(db, engineer, { trialId, ordinal }, new Date()), 'judged')

  /** Opening the release dialog pauses the device's queries. */
  const openReleaseDialog = async (trialId: string, ordinal: number) =>
    must(await pauseQueries(db, engineer, { trialId, ordinal }, new Date()), 'held')

  /**
   * Presses Release three times at once, and expects at most one release. Returns its CommandUUID; undefined
   * if none succeeded, because a probe is open or the verdict has changed. The first command is
   * counter-signed, because the device may be the last of its version.
   */
  const press = async (trialId: string, ordinal: number): Promise<string | undefined> => {
    const { verdictId } = await preview(trialId, ordinal)
    const input = { trialId, ordinal, verdictId }
    if (ordinal === 1) {
      const proofId = await proofOf(db, lead, 'counterSign', trialId, new Date())
      await counterSign(db, lead, { ...input, proofId }, new Date())
    }
    const results = await Promise.all(
      [1, 2, 3].map(() => releaseSigned(db, engineer, input, new Date())),
    )
    const released = results.flatMap((one) => (one.status === 'released' ? [one.commandUuid] : []))
    expect(released.length, JSON.stringify(results)).toBeLessThanOrEqual(1)
    return released[0]
  }

  const query = async (deviceId: string) =>
    must(await queryDevice(db, engineer, { deviceId }, new Date()), 'asked')

  const isQualified = async (trialId: string, ordinal: number) =>
    (await preview(trialId, ordinal)).qualification.overall === 'qualified'

  const isAnswered = async (deviceId: string, commandUuid: string) => {
    const commands = await listCommandsOfDevice(db, deviceId, 200)
    return commands.find((one) => one.commandUuid === commandUuid)?.answerStatus === 'Acknowledged'
  }

  const hasUpdateReadings = async (deviceId: string) =>
    (await currentState(db, deviceId)).updateActivity !== undefined

  const endBuildOf = async (trialId: string) => (await findTrial(db, trialId))?.endBuild
  return {
    createArmedTrial,
    openReleaseDialog,
    press,
    query,
    isQualified,
    isAnswered,
    hasUpdateReadings,
    endBuildOf,
  }
}
