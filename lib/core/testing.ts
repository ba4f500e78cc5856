import { randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { listOthersAt } from '@/lib/db/queries/devices/last-one'
import { insertReadings, type NewReading } from '@/lib/db/queries/devices/readings'
import { insertDevice } from '@/lib/db/queries/seeding'
import { insertServer } from '@/lib/db/queries/servers/servers'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { insertProof } from '@/lib/db/queries/trials/signatures'
import type { Actor } from '@/lib/domain/account/actor'
import type { ReadingValues } from '@/lib/domain/reading/reading'
import type { TwoPersonRelease } from '@/lib/domain/rules/rule'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import type { MdmServer, SendResult } from '@/lib/mdm/server'
import { refreshVerdicts } from './kernel/judge-device'
import { deliver } from './release/deliver'
import { previewSlot } from './release/preview-slot'
import { releaseSlot } from './release/release-slot'
import { armTrial, draftTrial, registerTrial } from './trials/prepare-trial'
import { saveProtocol } from './trials/save-protocol'

export const now = new Date('2026-03-02T09:00:00Z')
export const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)

export const engineer: Actor = { id: 'e1', name: 'Erin', role: 'engineer' }
export const lead: Actor = { id: 'l1', name: 'Lee', role: 'lead' }
export const admin: Actor = { id: 'a1', name: 'Ada', role: 'admin' }

/** Fails loudly where a step of the set-up was refused. */
export function must<T extends { status: string }, S extends T['status']>(
  result: T,
  status: S,
): Extract<T, { status: S }> {
  if (result.status !== status) throw new Error(`expected ${status}: ${JSON.stringify(result)}`)
  // The line above has just compared them.
  return result as Extract<T, { status: S }>
}

export async function addServer(
  db: Db,
  simulated = false,
  but: Partial<Parameters<typeof insertServer>[1]> = {},
): Promise<string> {
  const slug = `s-${randomUUID()}`
  return insertServer(db, {
    slug,
    name: 'Lab NanoMDM',
    kind: 'nanomdm',
    // Each entry has an address of its own: two of the same are refused.
    url: `http://127.0.0.1:9/${slug}`,
    apiKey: 'lab-api-key',
    hmacKey: 'lab-hmac-key',
    simulated,
    ...but,
  })
}

/** An iPhone on 12.0.1 of which everything is known and good; `but` says what is different. */
const good: Partial<ReadingValues> = {
  osVersion: '12.0.1',
  osBuild: '16A404',
  supervised: true,
  depEnrolled: true,
  mdmEnrolled: true,
  appInstallationRight: true,
  userEnrollment: false,
  sharedIpad: false,
  userLoggedIn: false,
  freeCapacity: 40,
  totalCapacity: 64,
  batteryLevel: 0.9,
  externalPower: true,
  network: 'wifi',
  networkName: 'Lab',
  networkCaptive: false,
  passcodePresent: false,
  activeDeclaration: false,
  automaticUpdatesOff: true,
  updateActivity: 'none',
  availableUpdates: [
    {
      productKey: 'iOSUpdate16B92',
      version: '12.1',
      build: '16B92',
      downloadBytes: 2_400_000_000,
      installBytes: 1_000_000_000,
      securityResponse: false,
    },
  ],
}

export const readingsOf = (values: Partial<ReadingValues>, at = now): NewReading[] =>
  // entries loses which value belongs to which field; each keeps its own.
  Object.entries(values).map(([field, value]) => ({
    field: field as keyof ReadingValues,
    value,
    unknownBecause: value === undefined ? 'not reported' : null,
    source: 'typed',
    answeredAt: at,
    byName: 'Erin',
  }))

export async function addDevice(
  db: Db,
  input: {
    serverId?: string
    but?: Partial<ReadingValues>
    simulated?: boolean
    /** When all of it was read. */
    at?: Date
  } = {},
) {
  const mdmServerId = input.serverId ?? (await addServer(db, input.simulated))
  const enrollmentId = randomUUID().replaceAll('-', '')
  const serial = `F7${randomUUID().slice(0, 10).replaceAll('-', 'X').toUpperCase()}`
  const id = await insertDevice(db, {
    mdmServerId,
    enrollmentId,
    serial,
    labTag: `T-${randomUUID().slice(0, 8)}`,
    name: 'Test iPhone',
    platform: 'iOS',
    modelIdentifier: 'iPhone10,1',
    lastSeenAt: input.at ?? now,
  })
  await insertReadings(db, id, readingsOf({ ...good, ...input.but }, input.at))
  return { id, mdmServerId, enrollmentId, serial }
}

export const twoSlots: ProtocolPlan = {
  title: 'Download, then install',
  question: 'Does the second Default install?',
  slots: [
    { installAction: 'Default', productKey: 'iOSUpdate16B92' },
    { installAction: 'Default', productKey: 'iOSUpdate16B92' },
  ],
  conditions: {},
  steps: [{ doThis: 'Watch', expect: 'A download' }],
  expectedOutcome: 'Installed as expected',
  deadlineMinutes: 60,
}

/**
 * A trial that is armed on a device that qualifies. One person may release it unless the test or the
 * plan says else: a lab of one device would need a second one each time.
 */
export async function armedTrial(
  db: Db,
  input: {
    plan?: ProtocolPlan
    /** Of the device; a server of its own unless told. */
    serverId?: string
    but?: Partial<ReadingValues>
    simulated?: boolean
    at?: Date
    twoPersonRelease?: TwoPersonRelease
  } = {},
) {
  const at = input.at ?? now
  const rule = input.twoPersonRelease ?? 'protocolOnly'
  if (input.twoPersonRelease === undefined && !input.simulated) await keepASpare(db, input.but, at)
  await storeLabSetting(db, 'twoPersonRelease', rule, { changedAt: at, changedBy: lead.name })
  const device = await addDevice(db, input)
  const plan = input.plan ?? twoSlots
  const { versionId } = must(await saveProtocol(db, engineer, { plan }, at), 'saved')
  const draft = { deviceId: device.id, protocolVersionId: versionId, expectation: 'It installs.' }
  const { trialId } = must(await draftTrial(db, engineer, draft, at), 'done')
  must(await registerTrial(db, engineer, { trialId }, at), 'done')
  const serialLast4 = device.serial.slice(-4)
  must(await armTrial(db, engineer, { trialId, serialLast4 }, at), 'done')
  return { trialId, device }
}

/** So that the next device is not the last real one of its version, today or in a year of the test's clock. */
async function keepASpare(db: Db, but: Partial<ReadingValues> = {}, at: Date): Promise<void> {
  const { osVersion } = { ...good, ...but }
  const others = { id: randomUUID(), simulated: false, platform: 'iOS' } as const
  const soon = new Date(at.getTime() + yearMs / 2)
  if ((await listOthersAt(db, others, osVersion ?? '', soon)).length > 0) return
  const inAYear = new Date(at.getTime() + yearMs)
  const { id } = await addDevice(db, { but: osVersion ? { osVersion } : {}, at: inAYear })
  await refreshVerdicts(db, [id], at)
}

const yearMs = 365 * 24 * 3_600_000

/** What a release must name: the slot and the verdict on the screen. */
export async function seenSlot(db: Db, trialId: string, ordinal = 1, at = now) {
  const judged = must(await previewSlot(db, engineer, { trialId, ordinal }, at), 'judged')
  return { trialId, ordinal, verdictId: judged.verdictId }
}

/** Releases what was seen with a proof of its own, as a person who types the password at that moment. */
export async function releaseSigned(
  db: Db,
  actor: Actor,
  seen: Awaited<ReturnType<typeof seenSlot>>,
  at = now,
) {
  const proofId = await proofOf(db, actor, 'release', seen.trialId, at)
  return releaseSlot(db, actor, { ...seen, proofId }, at)
}

/** A trial whose first command is released at `now` and held. */
export async function releasedTrial(db: Db, input: Parameters<typeof armedTrial>[1] = {}) {
  const trial = await armedTrial(db, input)
  const seen = await seenSlot(db, trial.trialId)
  const { commandUuid } = must(await releaseSigned(db, engineer, seen, now), 'released')
  return { ...trial, commandUuid }
}

/** A trial whose first command has gone to the MDM server at 121 s; the server has it unless told. */
export async function sentTrial(
  db: Db,
  input: Parameters<typeof armedTrial>[1] & { result?: SendResult } = {},
) {
  const { result, ...armed } = input
  const trial = await releasedTrial(db, armed)
  const { servers } = fakeServer(result && (() => result))
  await deliver(db, servers, trial.commandUuid, () => later(121))
  return trial
}

/** A proof as a person's password would have made it at that moment, for one act on one trial. */
export const proofOf = (
  db: Db,
  { id }: Actor,
  act: SignatureAct,
  subjectId: string,
  at = now,
): Promise<string> => insertProof(db, { byId: id, method: 'password', act, subjectId, at })

export type Ledger = { enqueued: string[]; pushed: string[] }

/** An MDM server that answers as told and counts what it accepted: the ground truth of every test. */
export function fakeServer(
  answer: (commandUuid: string) => Promise<SendResult> | SendResult = () => ({
    outcome: 'queued',
    because: 'the server has it',
    httpStatus: 200,
    body: '{}',
  }),
): { servers: () => Promise<MdmServer>; ledger: Ledger } {
  const ledger: Ledger = { enqueued: [], pushed: [] }
  const server: MdmServer = {
    pushesByItself: false,
    enqueue: async (_enrollmentId, _plist, { commandUuid }) => {
      ledger.enqueued.push(commandUuid)
      return answer(commandUuid)
    },
    push: async (enrollmentId) => {
      ledger.pushed.push(enrollmentId)
      return { ok: true }
    },
    version: async () => ({ ok: true, version: 'unknown' }),
    tryKey: async () => ({ found: 'yes', because: 'the key was taken' }),
  }
  return { servers: async () => server, ledger }
}

/** A webhook body as NanoMDM posts it for one answer of a device. */
export function answerBody(input: {
  enrollmentId: string
  commandUuid: string
  status: string
  /** XML of further keys of the reply. */
  keys?: string
  at?: Date
}): Uint8Array {
  const { enrollmentId, commandUuid, status, keys = '', at = now } = input
  return eventBody('mdm.Connect', at, {
    acknowledge_event: {
      udid: enrollmentId,
      status,
      command_uuid: commandUuid,
      raw_payload: payload(
        `<key>CommandUUID</key><string>${commandUuid}</string><key>Status</key><string>${status}</string><key>UDID</key><string>${enrollmentId}</string>${keys}`,
      ),
      ids: { id: enrollmentId, type: 'Device' },
    },
  })
}

/** A webhook body for a check-in such as Authenticate; `keys` is XML. */
export function checkinBody(
  messageType: string,
  enrollmentId: string,
  keys: string,
  at = now,
): Uint8Array {
  return eventBody(`mdm.${messageType}`, at, {
    checkin_event: {
      udid: enrollmentId,
      raw_payload: payload(
        `<key>MessageType</key><string>${messageType}</string><key>Topic</key><string>com.apple.mgmt.External.test</string><key>UDID</key><string>${enrollmentId}</string>${keys}`,
      ),
      ids: { id: enrollmentId, type: 'Device' },
    },
  })
}

const eventBody = (topic: string, at: Date, event: object) =>
  new TextEncoder().encode(
    JSON.stringify({
      topic,
      event_id: randomUUID().replaceAll('-', '').slice(0, 16),
      created_at: at.toISOString(),
      ...event,
    }),
  )

const payload = (keys: string) =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict>${keys}</dict></plist>`,
  ).toString('base64')
