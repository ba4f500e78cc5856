import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import { recordedState } from '@/lib/db/queries/devices/readings'
import { getLabSettings } from '@/lib/db/queries/settings'
import {
  type ArmListRow,
  countAssigned,
  findArmList,
  insertArmAssignment,
  insertArmList,
} from '@/lib/db/queries/trials/arms'
import { lockProtocol, type ProtocolVersion } from '@/lib/db/queries/trials/protocols'
import type { Actor } from '@/lib/domain/account/permissions'
import { hasPasscode } from '@/lib/domain/device/device'
import { knownValue } from '@/lib/domain/reading/reading'
import { howToLearn } from '@/lib/domain/rules/judging'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { armAt, armListMethod } from '@/lib/domain/trial/arm-list'
import { assignedWords, stratumText } from '@/lib/domain/trial/arms'
import type { ArmStratum, TrialDesign } from '@/lib/domain/trial/design'
import { type Refusal, refused } from '../shared/result'

/** An arm that a person chooses, with the reason. */
export type ChosenArm = { name: string; reason: string }

type Drawn = {
  arm: string
  method: 'random' | 'choice'
  reason: string | null
  place: { listId: number; stratum: string; block: number; position: number } | null
}

type Draft = {
  device: DeviceRow
  version: ProtocolVersion
  chosen: ChosenArm | undefined
  actor: Actor
}

/** An arm that is drawn or chosen, and not stored yet. */
export type PendingArm = {
  /** How, in a sentence, for the record of the trial. */
  words: string
  data: Record<string, unknown>
  store: (trialId: string) => Promise<void>
}

/**
 * The arm of a trial that is being drafted; undefined for a protocol without arms. Drafts of one protocol wait for one
 * another here, so that each gets a position of its own. `store` must follow in the same transaction.
 */
export async function pickArm(
  tx: Db,
  { device, version, chosen, actor }: Draft,
  now: Date,
): Promise<PendingArm | Refusal | undefined> {
  const { design } = version.plan
  if (!design)
    return chosen && refused('this version of the protocol has no arms to choose from', 'arm')
  if (!hasPasscode(device.platform) && design.factors.some(({ factor }) => factor === 'passcode'))
    return refused(
      `the arms differ in the passcode, and ${device.platform} has none`,
      'protocolVersionId',
    )
  const drawn = chosen ? choose(design, chosen) : await draw(tx, { device, version, design }, now)
  if ('status' in drawn) return drawn
  const { place, ...assigned } = drawn
  const words = assignedWords(drawn)
  return {
    words,
    data: { arm: drawn.arm, method: drawn.method, ...place },
    store: (trialId) =>
      insertArmAssignment(tx, {
        ...{ ...assigned, ...place, trialId, protocolVersionId: version.id, at: now },
        ...{ byId: actor.id, byName: actor.name },
      }),
  }
}

function choose({ arms }: TrialDesign, { name, reason }: ChosenArm): Drawn | Refusal {
  if (!arms.some((arm) => arm.name === name))
    return refused(`choose one of the arms ${arms.map((arm) => arm.name).join(', ')}`, 'arm')
  return isReason(reason)
    ? { arm: name, method: 'choice', reason: reason.trim(), place: null }
    : refused(`say why the arm is chosen and not drawn, ${reasonLength}`, 'armReason')
}

type Randomised = Pick<Draft, 'device' | 'version'> & { design: TrialDesign }

async function draw(
  tx: Db,
  { device, version, design }: Randomised,
  now: Date,
): Promise<Drawn | Refusal> {
  const stratum = await stratumOf(tx, device, design, now)
  if ('status' in stratum) return stratum
  await lockProtocol(tx, version.protocolId)
  const list = await listFor(tx, version.id, device.simulated, now)
  const position = (await countAssigned(tx, list.id, stratum.text)) + 1
  const { arm, block } = armAt({ ...list, stratum: stratum.text, ...design }, position, sha256)
  const place = { listId: list.id, stratum: stratum.text, block, position }
  return { arm, method: 'random', reason: null, place }
}

/** SHA-256 as the method of the lists needs it. */
export const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest()

/** The list of a version in one environment; its seed is drawn when the first trial needs it. */
async function listFor(
  tx: Db,
  protocolVersionId: string,
  simulated: boolean,
  now: Date,
): Promise<ArmListRow> {
  const found = await findArmList(tx, protocolVersionId, simulated)
  if (found) return found
  const seed = randomBytes(32).toString('hex')
  const seedSha256 = Buffer.from(sha256(seed)).toString('hex')
  const drawn = { protocolVersionId, simulated, method: armListMethod, seed, seedSha256 }
  return insertArmList(tx, { ...drawn, drawnAt: now })
}

/** The stratum of a device now. An unknown fact is no stratum: the device is read first. */
async function stratumOf(
  tx: Db,
  device: DeviceRow,
  { strata }: TrialDesign,
  now: Date,
): Promise<{ text: string } | Refusal> {
  const facts: Partial<Record<ArmStratum, string>> = {}
  for (const one of strata) {
    const fact = await factOf(tx, device, one, now)
    if (typeof fact !== 'string') return fact
    facts[one] = fact
  }
  return { text: stratumText(facts) }
}

async function factOf(
  tx: Db,
  device: DeviceRow,
  stratum: ArmStratum,
  now: Date,
): Promise<string | Refusal> {
  if (stratum === 'platform') return device.platform
  if (stratum === 'model')
    return (
      device.modelIdentifier ??
      refused(
        'arms are assigned within models, and the model is not known: query the device',
        'deviceId',
      )
    )
  const [state, settings] = await Promise.all([recordedState(tx, device.id), getLabSettings(tx)])
  const os = knownValue(state, 'osVersion', device.platform, settings.maxAges, now)
  return os.status === 'known'
    ? os.value
    : refused(
        `arms are assigned within starting versions, and ${os.reason}. ${howToLearn('osVersion')}`,
        'deviceId',
      )
}
