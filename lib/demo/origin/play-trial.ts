import { createHash } from 'node:crypto'
import { typeReadings } from '@/lib/core/devices/type-readings'
import { observe } from '@/lib/core/record/observe'
import { previewSlot } from '@/lib/core/release/preview-slot'
import { fullQuery, queryDevice } from '@/lib/core/release/query-device'
import { releaseSlot } from '@/lib/core/release/release-slot'
import { concludeTrial, proposeForTrial } from '@/lib/core/trials/conclude-trial'
import { armTrial, draftTrial, registerTrial } from '@/lib/core/trials/prepare-trial'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { atLeast, compareVersions, version } from '@/lib/domain/device/os-version'
import type { Outcome } from '@/lib/domain/outcome/outcome'
import { knownWrongReadings } from '@/lib/domain/reading/unreliable-readings'
import type { Qualification } from '@/lib/domain/rules/qualify'
import { defaultLabSettings } from '@/lib/domain/settings'
import type { ObservationKind } from '@/lib/domain/trial/observation'
import type { ActionValue, LabAction } from '@/lib/virtual-lab/actions'
import type { UpdatePhase, VirtualDevice } from '@/lib/virtual-lab/virtual-device'
import { offerOf } from './releases'
import type { Player, Stage } from './stage'
import type { Course, StoryTrial } from './trials'

/** A trial under way, and who is at the bench. */
export type Playing = {
  stage: Stage
  player: Player
  story: Pick<StoryTrial, 'labTag' | 'target' | 'expectation' | 'prediction'>
  deviceId: string
  trialId: string
}

export type Begin = Omit<Playing, 'trialId'> & { protocolVersionId: string }

/** What a service gave; a refusal means that the story and the rules no longer fit. */
export function must<T extends { status: string }, S extends T['status']>(
  result: T,
  status: S,
): Extract<T, { status: S }> {
  if (result.status !== status)
    throw new Error(`the demo was refused where it expects ${status}: ${JSON.stringify(result)}`)
  // The line above has just compared them.
  return result as Extract<T, { status: S }>
}

/** Takes the device out of the drawer, reads everything about it, and drafts, registers and arms the trial. */
export async function beginTrial(begin: Begin): Promise<Playing> {
  const { stage, player, story, deviceId, protocolVersionId } = begin
  const { actor } = player
  const { serial, enrollmentId, online } = stage.device(story.labTag)
  stage.lab.offer(enrollmentId, [offerOf(story.target)])
  if (!online) stage.lab.act(enrollmentId, 'goOnline', undefined)
  await readEverything(begin)
  const { expectation, prediction } = story
  const draft = { deviceId, protocolVersionId, expectation, prediction }
  const { trialId } = must(
    await stage.act((now) => draftTrial(stage.tx, actor, draft, now)),
    'done',
  )
  must(await stage.act((now) => registerTrial(stage.tx, actor, { trialId }, now)), 'done')
  const serialLast4 = serial.slice(-4)
  must(await stage.act((now) => armTrial(stage.tx, actor, { trialId, serialLast4 }, now)), 'done')
  return { stage, player, story, deviceId, trialId }
}

/** What no MDM answer holds is entered by hand, and the device is queried for the rest, or for these questions. */
export async function readEverything(
  { stage, player, story, deviceId }: Omit<Begin, 'protocolVersionId'>,
  questions = fullQuery,
) {
  const { plugged } = stage.device(story.labTag)
  const texts = {
    depEnrolled: 'yes',
    appInstallationRight: 'yes',
    activeDeclaration: 'no',
    automaticUpdatesOff: 'yes',
    userEnrollment: 'no',
    externalPower: plugged ? 'yes' : 'no',
    network: 'Wi-Fi',
    networkName: 'Lab',
    networkCaptive: 'no',
  }
  const typed = { deviceId, texts }
  must(await stage.act((now) => typeReadings(stage.tx, player.actor, typed, now)), 'typed')
  must(
    await stage.act((now) => queryDevice(stage.tx, player.actor, { deviceId, questions }, now)),
    'asked',
  )
  await stage.pass(1)
  await readBattery(stage, player, { deviceId, device: stage.device(story.labTag) })
}

/** Where the OS is known to report the battery of its enrollment (radar 35695451), it is read off the screen. */
async function readBattery(
  stage: Stage,
  { actor }: Player,
  { deviceId, device }: { deviceId: string; device: VirtualDevice },
): Promise<void> {
  const os = version(device.osVersion)
  const wrong = knownWrongReadings.some(
    ({ field, from, to }) =>
      field === 'batteryLevel' && atLeast(os, from) && compareVersions(os, version(to)) <= 0,
  )
  if (!wrong) return
  const typed = { deviceId, texts: { batteryLevel: String(device.batteryLevel) } }
  must(await stage.act((now) => typeReadings(stage.tx, actor, typed, now)), 'typed')
}

/** Releases a command, or a declaration with what its server holds, with a signature, and waits out its hold. */
export async function release(
  playing: Playing,
  ordinal: number,
  found?: Awaited<ReturnType<Stage['holdings']>>,
): Promise<void> {
  const { stage, player, trialId } = playing
  const { actor } = player
  const slot = { trialId, ordinal }
  const { verdictId, qualification } = must(
    await stage.act((now) => previewSlot(stage.tx, actor, slot, now)),
    'judged',
  )
  if (qualification.overall !== 'qualified') throw new Error(notQualified(playing, qualification))
  const proofId = await stage.prove(player, 'release', trialId)
  const input = { ...slot, verdictId, proofId, found }
  must(await stage.act((now) => releaseSlot(stage.tx, actor, input, now)), 'released')
  await stage.pass(defaultLabSettings.holdSeconds / 60 + 1)
}

const notQualified = ({ story }: Playing, { findings }: Qualification) => {
  const wrong = findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown')
  const words = wrong.map(({ ruleId, reason }) => `${ruleId}: ${reason}`).join('; ')
  return `${story.labTag} to ${story.target} does not qualify: ${words}`
}

/** Waits until the device is in a phase, minute by minute. */
export async function waitFor(
  { stage, story }: Pick<Playing, 'stage' | 'story'>,
  is: (device: VirtualDevice) => boolean,
  limitMinutes = 60,
): Promise<void> {
  for (let minutes = 0; minutes < limitMinutes; minutes += 1) {
    if (is(stage.device(story.labTag))) return
    await stage.pass(1)
  }
  throw new Error(`${story.labTag} did not get there within ${limitMinutes} minutes`)
}

export const inPhase = (phase: UpdatePhase) => (device: VirtualDevice) =>
  device.update?.phase === phase

export const runs = (version: string) => (device: VirtualDevice) => device.osVersion === version

/** What a person does at the device. */
export function touch({ stage, story }: Playing, action: LabAction, value?: ActionValue): void {
  const done = stage.lab.act(stage.device(story.labTag).enrollmentId, action, value)
  if (done?.refused !== undefined) throw new Error(`${story.labTag} ${action}: ${done.refused}`)
}

/** Logs what is seen now. */
export async function see(
  { stage, player, trialId }: Playing,
  kind: ObservationKind,
  about: { text?: string; osVersion?: string; osBuild?: string } = {},
): Promise<void> {
  const { text = '', ...os } = about
  must(
    await stage.act((now) => {
      const nonce = nonceOf(trialId, kind, now)
      const input = { trialId, kind, text, observedAt: now, nonce, ...os }
      return observe(stage.tx, player.actor, input, now)
    }),
    'logged',
  )
}

/** A form makes it by chance; here it is the same for the same observation. */
const nonceOf = (...parts: [string, string, Date]) => {
  const hex = createHash('sha256').update(parts.join(' ')).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-')
}

/** What changes between two commands, and what is different after an install. */
const beforeNext: typeof fullQuery = ['DeviceInformation', 'SecurityInfo', 'OSUpdateStatus']
const afterInstall: typeof fullQuery = ['DeviceInformation', 'AvailableOSUpdates']

/** From the first command to what the protocol is about. */
export const courses: Record<Course, (playing: Playing) => Promise<void>> = {
  async unattended(playing) {
    await download(playing)
    await release(playing, 2)
    await comeBack(playing)
  },
  async accepted(playing) {
    await prompt(playing)
    await see(playing, 'promptShown')
    await enterPasscode(playing)
    await comeBack(playing)
  },
  async notAccepted(playing) {
    await prompt(playing)
    await see(playing, 'promptShown', { text: 'The reply was an error all the same.' })
    await untilDeadline(playing)
  },
  async tonight(playing) {
    await download(playing)
    await release(playing, 2)
    await waitFor(playing, inPhase('prompting'))
    await see(playing, 'promptShown')
    await readEverything(playing, beforeNext)
    touch(playing, 'chooseTonight')
    await see(playing, 'choseTonight')
    await release(playing, 3)
    await see(playing, 'progressBar', { text: 'At once, and it is noon.' })
    await comeBack(playing)
  },
  async watched(playing) {
    await release(playing, 1)
    await see(playing, 'nothing')
    await untilDeadline(playing)
  },
}

/** The first command, and the download it starts. */
async function download(playing: Playing): Promise<void> {
  await release(playing, 1)
  // The worker's own queries during the download: once for each course is enough to show them.
  if (playing.stage.device(playing.story.labTag).passcode) await playing.stage.work()
  await waitFor(playing, inPhase('downloaded'))
  await see(playing, 'downloadSeen')
  await readEverything(playing, beforeNext)
}

export async function prompt(playing: Playing): Promise<void> {
  await download(playing)
  await release(playing, 2)
  await waitFor(playing, inPhase('prompting'))
}

async function enterPasscode(playing: Playing): Promise<void> {
  await see(playing, 'passcodeAsked')
  touch(playing, 'enterPasscode')
  await see(playing, 'userAccepted')
}

/** The restart, and the new version as the person at the bench reads it. */
async function comeBack(playing: Playing): Promise<void> {
  const { target } = playing.story
  await waitFor(playing, (device) => inPhase('dark')(device) || runs(target)(device))
  await see(playing, 'rebooted')
  await waitFor(playing, runs(target))
  const { osVersion, osBuild } = playing.stage.device(playing.story.labTag)
  await see(playing, 'newOsSeen', { osVersion, osBuild })
  await readEverything(playing, afterInstall)
}

export async function untilDeadline(playing: Playing): Promise<void> {
  const { deadlineAt } = await trialOf(playing)
  const leftMs = (deadlineAt?.getTime() ?? 0) - playing.stage.now().getTime()
  await playing.stage.pass(Math.max(0, leftMs / 60_000) + 1)
  await playing.stage.work()
}

async function trialOf({ stage, trialId }: Playing) {
  const trial = await findTrial(stage.tx, trialId)
  if (!trial) throw new Error(`trial ${trialId} is gone`)
  return trial
}

/** Concludes as the record proposes, which must be what the story says. */
export async function conclude(playing: Playing, outcome: Outcome): Promise<void> {
  const { stage, player, trialId, story } = playing
  const proposal = await proposeForTrial(stage.tx, await trialOf(playing), stage.now())
  if (proposal?.outcome !== outcome)
    throw new Error(
      `${story.labTag} to ${story.target}: the record proposes ${proposal?.outcome}, not ${outcome} (${proposal?.reasons.join('; ')})`,
    )
  const input = { trialId, outcome, reason: '' }
  must(await stage.act((now) => concludeTrial(stage.tx, player.actor, input, now)), 'concluded')
}
