import { randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { listOthersAt } from '@/lib/db/queries/devices/verdicts'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { insertProof } from '@/lib/db/queries/trials/signatures'
import type { Actor } from '@/lib/domain/account/permissions'
import type { ReadingValues } from '@/lib/domain/reading/reading'
import type { TwoPersonRelease } from '@/lib/domain/rules/rule'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import type { SendResult } from '@/lib/mdm/server'
import { refreshVerdicts } from '../kernel/judge-device'
import { deliver } from '../release/deliver'
import { previewSlot } from '../release/preview-slot'
import { releaseSlot } from '../release/release-slot'
import { armTrial, draftTrial, registerTrial } from '../trials/prepare-trial'
import { reviewProtocol } from '../trials/review-protocol'
import { saveProtocol } from '../trials/save-protocol'
import { addDevice, goodReadings } from './device'
import { fakeServer } from './mdm-server'
import { engineer, later, lead, must, now } from './people'

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
  primaryOutcome: 'installed',
  deadlineMinutes: 60,
}

/**
 * An armed trial on a device that qualifies. One person may release it, unless the test or the plan says otherwise:
 * without the spare device, each release would be of the last one and need a second person.
 */
export async function armedTrial(
  db: Db,
  input: {
    plan?: ProtocolPlan
    /** The MDM server of the device; by default a new one. */
    serverId?: string
    but?: Partial<ReadingValues>
    simulated?: boolean
    at?: Date
    twoPersonRelease?: TwoPersonRelease
  } = {},
) {
  const at = input.at ?? now
  const rule = input.twoPersonRelease ?? 'protocolOnly'
  if (input.twoPersonRelease === undefined && !input.simulated) await addSpareDevice(db, input, at)
  await storeLabSetting(db, 'twoPersonRelease', rule, { changedAt: at, changedBy: lead.name })
  const device = await addDevice(db, input)
  const plan = input.plan ?? twoSlots
  const versionId = await reviewedProtocol(db, plan, at)
  const draft = { deviceId: device.id, protocolVersionId: versionId, expectation: 'It installs.' }
  const { trialId } = must(await draftTrial(db, engineer, draft, at), 'done')
  must(await registerTrial(db, engineer, { trialId }, at), 'done')
  const serialLast4 = device.serial.slice(-4)
  must(await armTrial(db, engineer, { trialId, serialLast4 }, at), 'done')
  return { trialId, device }
}

/** A version that the engineer wrote and the lead reviewed, ready for trials. */
export async function reviewedProtocol(db: Db, plan = twoSlots, at = now): Promise<string> {
  const { versionId } = must(await saveProtocol(db, engineer, { plan }, at), 'saved')
  must(await reviewProtocol(db, lead, { versionId, reason: '' }, at), 'done')
  return versionId
}

/** Adds a second device, so that the next one is not the last real one of its version, now or within a year of the test's clock. */
async function addSpareDevice(
  db: Db,
  { but, serverId }: { but?: Partial<ReadingValues>; serverId?: string },
  at: Date,
): Promise<void> {
  const { osVersion, availableUpdates } = { ...goodReadings, ...but }
  const others = { id: randomUUID(), simulated: false, platform: 'iOS' } as const
  const soon = new Date(at.getTime() + yearMs / 2)
  if ((await listOthersAt(db, others, osVersion ?? '', soon)).length > 0) return
  const inAYear = new Date(at.getTime() + yearMs)
  const same = {
    ...(osVersion !== undefined && { osVersion }),
    ...(availableUpdates && { availableUpdates }),
  }
  const spare = { but: same, at: inAYear }
  const { id } = await addDevice(db, { ...spare, ...(serverId !== undefined && { serverId }) })
  await refreshVerdicts(db, [id], at)
}

const yearMs = 365 * 24 * 3_600_000

/** What a release has to name: the slot and the verdict on the screen. */
export async function seenSlot(db: Db, trialId: string, ordinal = 1, at = now) {
  const judged = must(await previewSlot(db, engineer, { trialId, ordinal }, at), 'judged')
  return { trialId, ordinal, verdictId: judged.verdictId }
}

/** Releases what was seen, with a proof of its own as if the person had just typed the password. */
export async function releaseSigned(
  db: Db,
  actor: Actor,
  seen: Awaited<ReturnType<typeof seenSlot>>,
  at = now,
) {
  const proofId = await proofOf(db, actor, 'release', seen.trialId, at)
  return releaseSlot(db, actor, { ...seen, proofId }, at)
}

/** A trial whose first command is released at `now` and on hold. */
export async function releasedTrial(db: Db, input: Parameters<typeof armedTrial>[1] = {}) {
  const trial = await armedTrial(db, input)
  const seen = await seenSlot(db, trial.trialId)
  const { commandUuid } = must(await releaseSigned(db, engineer, seen, now), 'released')
  return { ...trial, commandUuid }
}

/** A trial whose first command was sent at 121 s; by default the MDM server has queued it. */
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

/** A proof for one act on one trial, as the person's password would have made it at that moment. */
export const proofOf = (
  db: Db,
  { id }: Actor,
  act: SignatureAct,
  subjectId: string,
  at = now,
): Promise<string> => insertProof(db, { byId: id, method: 'password', act, subjectId, at })
