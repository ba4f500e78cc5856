import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { readKeptReports } from '@/lib/core/ingest/read-kept-reports'
import { counterSign } from '@/lib/core/release/counter-sign'
import { previewSlot } from '@/lib/core/release/preview-slot'
import { queryDevice } from '@/lib/core/release/query-device'
import { releaseThroughServer } from '@/lib/core/release/release-slot'
import { withdrawDeclaration } from '@/lib/core/release/withdraw-declaration'
import { addServer, readingsOf } from '@/lib/core/testing/device'
import { engineer, lead, must } from '@/lib/core/testing/people'
import { proofOf, reviewedProtocol } from '@/lib/core/testing/trial'
import { armTrial, draftTrial, registerTrial } from '@/lib/core/trials/prepare-trial'
import { insertReadings, recordedState } from '@/lib/db/queries/devices/readings'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { findCommand, findOpenCommand } from '@/lib/db/queries/trials/commands'
import { listDeclarationSteps, listRemovals } from '@/lib/db/queries/trials/declaration-steps'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { serverTraits } from '@/lib/mdm/server-kinds'
import { hashWebhookToken, makeWebhookToken } from '@/lib/mdm/webhook-proof'
import { freshFleet } from '@/lib/virtual-lab/fleet'
import { createMdmClient, type MdmClient } from '@/lib/virtual-lab/mdm-client'
import { witnessFolderOf } from '@/lib/witness/testing'
import { carryOn } from '@/lib/worker/carry-on'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import { startWorker } from '@/lib/worker/worker'
import { typedByPeople } from './bench'
import { type Moment, startCuttingProxy } from './cutting-proxy'
import {
  type DeclarationServers,
  startNanohub,
  startNanomdmWithKmfddm,
} from './declaration-servers'
import { certificateHeader, certificateOf, hmacKey } from './real-nanomdm'
import { listenForWebhooks } from './webhook-listener'

const { NANOMDM_BIN, KMFDDM_BIN, NANOHUB_BIN } = process.env

/**
 * The real servers of declarations that this machine has. There is no push certificate: KMFDDM says 204 when it has
 * attached a set and its push fails, and NanoHUB says 500 though it has.
 */
export const realPlaces = [
  {
    ...({ name: 'NanoMDM with KMFDDM', kind: 'nanomdm', start: startNanomdmWithKmfddm } as const),
    ...{ isThere: NANOMDM_BIN && KMFDDM_BIN, saysStored: true },
  },
  {
    ...({ name: 'NanoHUB', kind: 'nanohub', start: startNanohub } as const),
    ...{ isThere: NANOHUB_BIN, saysStored: false },
  },
].filter(({ isThere }) => isThere)

const plan: ProtocolPlan = {
  title: 'Enforce 18.7.2 by declaration',
  question: 'Is it installed at its time?',
  slots: [
    { mechanism: 'declaration', targetVersion: '18.7.2', when: { kind: 'asSoonAsPossible' } },
  ],
  conditions: {},
  steps: [{ doThis: 'Watch', expect: 'A download' }],
  expectedOutcome: 'Installed as expected',
  primaryOutcome: 'installed',
  deadlineMinutes: 60,
}

export type DeclaredBench = Awaited<ReturnType<typeof openDeclaredBench>>
export type DeclaredTrial = Awaited<ReturnType<DeclaredBench['armedTrial']>>

/**
 * A lab with one real server of declarations, its worker and its webhook. The worker reaches the server of declarations
 * through a proxy that can have it die; devices and webhook reach it directly.
 * @param simulated whether its devices count as simulated: their releases are held for 1 s instead of 10
 */
export async function openDeclaredBench(
  { kind, start }: (typeof realPlaces)[number],
  simulated = false,
) {
  const lab = await createTestDb()
  const { db } = lab
  const webhook = { isDown: false }
  const listener = await listenForWebhooks(db, () => webhook.isDown)
  const token = makeWebhookToken()
  const servers = await start(listener.url('lab', token))
  const proxy = await startCuttingProxy(servers.declarations.url)
  await addServer(db, simulated, {
    ...{ slug: 'lab', kind, apiKey: servers.mdmKey },
    ...(serverTraits[kind].declarations === 'builtIn'
      ? { url: proxy.url, webhookTokenSha256: hashWebhookToken(token) }
      : {
          ...{ url: servers.mdm.url, hmacKey },
          ...{ declarationsUrl: proxy.url, declarationsKey: servers.api.key },
        }),
  })
  const by = { changedAt: new Date(), changedBy: 'test' }
  await storeLabSetting(db, 'holdSeconds', 1, by)
  // The tests ask the device themselves.
  await storeLabSetting(db, 'probeSeconds', 3600, by)
  const worker = startWorker(lab.url, { witnessFolder: witnessFolderOf(lab.url), pauseMs: 50 })
  const versionId = await reviewedProtocol(db, plan, new Date())
  const acts = actsOf(lab)
  const killed = { count: 0 }
  return {
    lab,
    webhook,
    listener,
    ...acts,
    held: (trial: { enrollmentId: string }) => heldAt(servers, trial),
    /** The server of declarations dies at the next request that matches. */
    killAt: (when: Moment, at: Parameters<typeof proxy.cutNext>[0]['at']) =>
      proxy.cutNext({
        ...{ at, when },
        kill: async () => {
          await servers.declarations.kill()
          await servers.declarations.restart()
          killed.count += 1
        },
      }),
    kills: () => killed.count,
    armedTrial: async (certificate: number) => {
      const device = await enrolledDevice(lab, servers, certificate)
      const { client, deviceId } = device
      must(await queryDevice(db, engineer, { deviceId }, new Date()), 'asked')
      await device.until(async () => !(await findOpenCommand(db, deviceId)), 'its readings')
      await insertReadings(db, deviceId, readingsOf(typedByPeople, new Date()))
      const draft = { deviceId, protocolVersionId: versionId, expectation: 'It installs.' }
      const { trialId } = must(await draftTrial(db, engineer, draft, new Date()), 'done')
      must(await registerTrial(db, engineer, { trialId }, new Date()), 'done')
      const trial = { ...device, trialId, serialLast4: client.device().serial.slice(-4) }
      await acts.arm(trial)
      return trial
    },
    close: async () => {
      await worker.stop()
      await proxy.close()
      await servers.stop()
      await listener.close()
      await lab.drop()
    },
  }
}

/** `expect.poll` does not know its test where several run at once. */
export async function waitUntil(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 170_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** An iPad on 18.6 of its own, enrolled, and how it passes its time: nothing of it happens by itself. */
async function enrolledDevice(
  { db, sql }: TestDb,
  servers: DeclarationServers,
  certificate: number,
) {
  const fleetDevice = freshFleet().find(({ labTag }) => labTag === 'B-10')
  if (!fleetDevice) throw new Error('the fleet has no B-10')
  const enrollmentId = randomUUID().replaceAll('-', '')
  const serial = enrollmentId.slice(0, 12).toUpperCase()
  let ahead = 0
  const begun = Date.now()
  const client: MdmClient = createMdmClient({
    url: `${servers.mdm.url}/mdm`,
    certificate: certificateOf(certificate),
    certificateHeader,
    device: { ...fleetDevice, enrollmentId, serial, timeZone: 'UTC' },
    seed: 'declared',
    now: () => Date.now() - begun + ahead,
    calendar: () => Date.now() + ahead,
  })
  await client.enrol()
  const find = async () => {
    const [row] = await sql`select id from devices where enrollment_id = ${enrollmentId}`
    return row && String(row.id)
  }
  await waitUntil(async () => (await find()) !== undefined, 'its enrolment')
  const deviceId = (await find()) ?? ''
  const answered: string[] = []
  const poll = async () => {
    answered.push(...(await client.poll()))
  }
  /** Polls until a condition holds. */
  const until = (condition: () => Promise<boolean>, what: string) =>
    waitUntil(async () => {
      if (await condition()) return true
      await poll()
      return false
    }, what)
  return {
    ...{ client, deviceId, enrollmentId, poll, until },
    /** How many DeclarativeManagement commands it has been handed. */
    notifications: () => answered.filter((one) => one === 'DeclarativeManagement').length,
    /** One session after another until the server has nothing more for it. */
    drain: async () => {
      for (let before = -1; before !== answered.length; ) {
        before = answered.length
        await poll()
      }
    },
    pass: async (hours: number) => {
      for (let half = 0; half < 2 * hours; half += 1) {
        ahead += 1_800_000
        await client.feel({ kind: 'time' })
      }
    },
    ask: async () => {
      const questions: ['DeviceInformation'] = ['DeviceInformation']
      must(await queryDevice(db, engineer, { deviceId, questions }, new Date()), 'asked')
      await until(async () => !(await findOpenCommand(db, deviceId)), 'the answer')
    },
    osBuild: async () => (await recordedState(db, deviceId)).osBuild?.value,
  }
}

/** What people and the worker do with a trial, and its record. */
function actsOf({ db, sql }: TestDb) {
  const servers = mdmServersOf(db)
  const arm = async ({ trialId, serialLast4 }: { trialId: string; serialLast4: string }) => {
    must(await armTrial(db, engineer, { trialId, serialLast4 }, new Date()), 'done')
  }
  /** Presses Release once, counter-signed where that is needed. @returns undefined if it is needed by now */
  const press = async (trialId: string): Promise<string | undefined> => {
    const slot = { trialId, ordinal: 1 }
    const judged = must(await previewSlot(db, engineer, slot, new Date()), 'judged')
    const seen = { ...slot, verdictId: judged.verdictId }
    const second = await proofOf(db, lead, 'counterSign', trialId, new Date())
    await counterSign(db, lead, { ...seen, proofId: second }, new Date())
    const proofId = await proofOf(db, engineer, 'release', trialId, new Date())
    const now = () => new Date()
    const pressed = await releaseThroughServer(db, servers, engineer, { ...seen, proofId }, now)
    if (pressed.status === 'refused' && pressed.field === 'counterSignature') return undefined
    return must(pressed, 'released').commandUuid
  }
  /** A device becomes the last of its version when another one is released in between. @returns the CommandUUID */
  const release = async ({ trialId }: { trialId: string }): Promise<string> =>
    (await press(trialId)) ?? (await press(trialId)) ?? (await release({ trialId }))
  const withdraw = async (trialId: string, commandUuid: string) => {
    const proofId = await proofOf(db, lead, 'withdrawCommand', trialId, new Date())
    const input = { commandUuid, reason: 'the question has changed', proofId }
    must(await withdrawDeclaration(db, lead, input, new Date()), 'withdrawing')
  }
  /** What is on the record of a trial and its declaration. */
  const recordOf = async (trialId: string, commandUuid: string) => {
    const [command, [removal], steps, trial] = await Promise.all([
      findCommand(db, commandUuid),
      listRemovals(db, [commandUuid]),
      listDeclarationSteps(db, [commandUuid]),
      findTrial(db, trialId),
    ])
    const events = await sql`select text from trial_events where trial_id = ${trialId} order by id`
    const seen = await sql`select kind from declaration_events where command_uuid = ${commandUuid}`
    const said =
      await sql`select e.claims ->> 'installState' as state, r.source from declaration_events e
      join raw_events r on r.id = e.raw_event_id
      where e.trial_id = ${trialId} and e.claims ? 'installState' order by e.at, e.id`
    return {
      ...{ command, removal, trial },
      steps: steps.map(({ step, outcome }) => `${step} ${outcome}`),
      timeline: events.map(({ text }) => String(text)),
      fetched: seen.map(({ kind }) => String(kind)).sort(),
      states: said.map(({ state }) => String(state)),
      sources: said.map(({ source }) => String(source)),
    }
  }
  return {
    arm,
    release,
    /** Presses for the reports that the server has kept. */
    readKept: async (deviceId: string) =>
      must(await readKeptReports(db, servers, engineer, { deviceId }, () => new Date()), 'read'),
    withdraw,
    recordOf,
    /** One round of the worker's work as it is due in so many seconds. */
    roundIn: (seconds: number) =>
      carryOn({ db, servers, clock: () => new Date(Date.now() + seconds * 1000) }),
  }
}

/** What the server holds of a trial, asked without Oneway's own client. */
async function heldAt({ api }: DeclarationServers, { enrollmentId }: { enrollmentId: string }) {
  const Authorization = `Basic ${Buffer.from(`${api.user}:${api.key}`).toString('base64')}`
  const list = async (path: string): Promise<string[]> => {
    const response = await fetch(`${api.url}${path}`, { headers: { Authorization } })
    if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}`)
    // An empty list is null: https://github.com/jessepeterson/kmfddm/blob/v0.8.3/http/api/v1.go
    return z.array(z.string()).parse((await response.json()) ?? [])
  }
  return {
    attached: await list(`/enrollment-sets/${enrollmentId}`),
    declarations: await list('/declarations'),
    inSet: (set: string) => list(`/set-declarations/${set}`),
  }
}
