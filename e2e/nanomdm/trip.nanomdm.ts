import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listCommandsOfDevice } from '@/lib/db/commands'
import { currentState, insertReadings } from '@/lib/db/readings'
import { insertServer } from '@/lib/db/servers'
import { storeLabSetting } from '@/lib/db/settings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { findTrial } from '@/lib/db/trials'
import { askDevice } from '@/lib/services/ask-device'
import { concludeTrial, proposeForTrial } from '@/lib/services/conclude-trial'
import { counterSign } from '@/lib/services/counter-sign'
import { armTrial, draftTrial, registerTrial } from '@/lib/services/prepare-trial'
import { previewSlot } from '@/lib/services/preview-slot'
import { saveProtocol } from '@/lib/services/save-protocol'
import {
  engineer,
  lead,
  must,
  proofOf,
  readingsOf,
  releaseSigned,
  twoSlots,
} from '@/lib/services/testing'
import { freshFleet } from '@/lib/virtual-lab/fleet'
import { createMdmClient, type MdmClient } from '@/lib/virtual-lab/mdm-client'
import { type StorageKind, storageKinds } from '@/lib/virtual-lab/nanomdm-store'
import { startWorker, type Worker } from '@/lib/worker/worker'
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
import { type Listener, listenForWebhooks } from './webhook-listener'

const binary = process.env.NANOMDM_BIN
const schemaFile = process.env.NANOMDM_PGSQL_SCHEMA

/** A minute of the device passes in a tenth of a second. */
const speed = 600

type ServerCase = { name: string; simulated: boolean } & (
  | { virtual: StorageKind }
  | { binary: string; schemaFile: string | undefined }
)

const virtualServers = storageKinds.map((virtual) => ({
  name: `the virtual NanoMDM on ${virtual}`,
  simulated: true,
  virtual,
}))

/** Only those this machine has the parts for; scripts/test-nanomdm.ts says which it has not. */
const realServers =
  binary === undefined
    ? []
    : [undefined, ...(schemaFile === undefined ? [] : [schemaFile])].map((file) => ({
        name: `a real NanoMDM v0.9.0 on ${file === undefined ? 'filekv' : 'pgsql'}`,
        simulated: false,
        binary,
        schemaFile: file,
      }))

describe.each<ServerCase>([...virtualServers, ...realServers])('$name', (server) => {
  let lab: TestDb
  let queue: TestDb | undefined
  let listener: Listener
  let nanomdm: Nanomdm
  let worker: Worker

  beforeAll(async () => {
    lab = await createTestDb()
    listener = await listenForWebhooks(lab.db)
    nanomdm = await startServer(listener.url('lab'))
    await insertServer(lab.db, {
      slug: 'lab',
      name: 'NanoMDM',
      kind: 'nanomdm',
      url: nanomdm.url,
      apiKey,
      hmacKey,
      simulated: server.simulated,
    })
    const by = { changedAt: new Date(), changedBy: 'test' }
    await storeLabSetting(lab.db, 'holdSeconds', 1, by)
    await storeLabSetting(lab.db, 'probeSeconds', 2, by)
    worker = startWorker(lab.url, { pauseMs: 50 })
  })

  const startServer = async (webhookUrl: string): Promise<Nanomdm> =>
    'virtual' in server
      ? startVirtualNanomdm(server.virtual, webhookUrl)
      : startNanomdm(server.binary, await storageOf(server.schemaFile), webhookUrl)

  const storageOf = async (file: string | undefined): Promise<Storage> => {
    if (file === undefined) return { kind: 'filekv' }
    queue = await createTestDb()
    // NanoMDM's own tables in a schema of their own, so that names such as "devices" are free.
    await queue.sql.unsafe('create schema nanomdm')
    const schema = readFileSync(file, 'utf8')
    await queue.sql.unsafe(`set search_path to nanomdm; ${schema}`)
    const dsn = new URL(queue.url)
    dsn.searchParams.set('sslmode', 'disable')
    dsn.searchParams.set('search_path', 'nanomdm')
    return { kind: 'pgsql', dsn: dsn.href }
  }

  afterAll(async () => {
    await worker?.stop()
    await nanomdm?.stop()
    await listener?.close()
    await queue?.drop()
    await lab?.drop()
  })

  const deviceOf = (labTag: string, certificate: 1 | 2 | 3): MdmClient => {
    const device = freshFleet().find((one) => one.labTag === labTag)
    if (!device) throw new Error(`the fleet has no ${labTag}`)
    const begun = Date.now()
    const now = () => begun + (Date.now() - begun) * speed
    return createMdmClient({
      url: `${nanomdm.url}/mdm`,
      certificate: certificateOf(certificate),
      certificateHeader,
      device,
      seed: 'nanomdm',
      now,
    })
  }

  const find = async ({ device }: MdmClient) => {
    const [row] =
      await lab.sql`select id, serial, lab_tag from devices where enrollment_id = ${device().enrollmentId}`
    return row ? String(row.id) : undefined
  }

  /** Lets the device live and poll until something holds. */
  const liveUntil = async (client: MdmClient, holds: () => Promise<boolean>) => {
    const begun = Date.now()
    while (!(await holds())) {
      if (Date.now() - begun > 30_000)
        throw new Error(`it did not come about; NanoMDM says: ${nanomdm.log().slice(-2000)}`)
      await client.feel({ kind: 'time' })
      await client.poll()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  const enrolled = async (client: MdmClient): Promise<string> => {
    await client.enrol()
    await expect.poll(() => find(client), { timeout: 10_000 }).toBeTypeOf('string')
    return (await find(client)) ?? ''
  }

  const asked = async (client: MdmClient, deviceId: string) => {
    must(await askDevice(lab.db, engineer, { deviceId }, new Date()), 'asked')
    await liveUntil(
      client,
      async () => (await currentState(lab.db, deviceId)).updateActivity !== undefined,
    )
  }

  const armed = async (deviceId: string, serial: string) => {
    const typed = {
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
    await insertReadings(lab.db, deviceId, readingsOf(typed, new Date()))
    const { versionId } = must(
      await saveProtocol(lab.db, engineer, { plan: twoSlots }, new Date()),
      'saved',
    )
    const draft = { deviceId, protocolVersionId: versionId, expectation: 'It installs.' }
    const { trialId } = must(await draftTrial(lab.db, engineer, draft, new Date()), 'done')
    must(await registerTrial(lab.db, engineer, { trialId }, new Date()), 'done')
    must(
      await armTrial(lab.db, engineer, { trialId, serialLast4: serial.slice(-4) }, new Date()),
      'done',
    )
    return trialId
  }

  const release = async (trialId: string, ordinal: number) => {
    const seen = must(
      await previewSlot(lab.db, engineer, { trialId, ordinal }, new Date()),
      'judged',
    )
    const input = { trialId, ordinal, verdictId: seen.verdictId }
    // Each device here is the last of its version, and its first command takes two people.
    if (ordinal === 1) {
      const proofId = await proofOf(lab.db, lead, 'counterSign', trialId, new Date())
      must(await counterSign(lab.db, lead, { ...input, proofId }, new Date()), 'counterSigned')
    }
    const results = await Promise.all(
      [1, 2, 3].map(() => releaseSigned(lab.db, engineer, input, new Date())),
    )
    const released = results.filter(({ status }) => status === 'released')
    expect(released).toHaveLength(1)
    return must(released[0] ?? { status: 'none' as const }, 'released').commandUuid
  }

  const answered = async (deviceId: string, commandUuid: string) => {
    const commands = await listCommandsOfDevice(lab.db, deviceId, 100)
    return commands.find((one) => one.commandUuid === commandUuid)?.answerStatus === 'Acknowledged'
  }

  test('a device that enrols enters the inventory and tells its state when it is asked', async () => {
    const client = deviceOf('B-09', 1)
    const deviceId = await enrolled(client)
    await asked(client, deviceId)
    const state = await currentState(lab.db, deviceId)
    expect(state.osVersion).toMatchObject({
      value: '12.0.1',
      source: server.simulated ? 'simulated' : 'mdm',
    })
    expect(state.passcodePresent).toMatchObject({ value: true })
    expect(state.availableUpdates?.value).toMatchObject([{ productKey: 'iOSUpdate16B92' }])
    expect(listener.errors).toEqual([])
  })

  test('a whole trial: each command reaches the device once, and the outcome comes from its build', async () => {
    const client = deviceOf('B-01', 2)
    const deviceId = await enrolled(client)
    await asked(client, deviceId)
    const trialId = await armed(deviceId, client.device().serial)
    const first = await release(trialId, 1)
    await liveUntil(client, () => answered(deviceId, first))
    await liveUntil(client, async () => client.device().update?.phase === 'downloaded')
    await liveUntil(client, async () => (await judged(trialId)) === 'qualified')
    const second = await release(trialId, 2)
    await liveUntil(client, () => answered(deviceId, second))
    await liveUntil(client, async () => (await findTrial(lab.db, trialId))?.endBuild === '16B92')
    expect(client.device().deliveries).toMatchObject({ [first]: 1, [second]: 1 })
    const trial = await findTrial(lab.db, trialId)
    expect(trial?.simulated).toBe(server.simulated)
    const proposal = trial && (await proposeForTrial(lab.db, trial, new Date()))
    expect(proposal?.outcome).toBe('installedAsExpected')
    const conclusion = { trialId, outcome: 'installedAsExpected', reason: '' } as const
    expect(await concludeTrial(lab.db, engineer, conclusion, new Date())).toMatchObject({
      overruled: false,
    })
  })

  const judged = async (trialId: string) => {
    const preview = await previewSlot(lab.db, engineer, { trialId, ordinal: 2 }, new Date())
    return must(preview, 'judged').qualification.overall
  }
})
