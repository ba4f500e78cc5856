import { type fullQuery, queryDevice } from '@/lib/core/release/query-device'
import { reviewProtocol } from '@/lib/core/trials/review-protocol'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import {
  beginTrial,
  conclude,
  courses,
  inPhase,
  must,
  type Playing,
  release,
  runs,
  see,
  touch,
  untilDeadline,
  waitFor,
} from '../origin/play-trial'
import { review } from '../origin/review'
import type { Player, Stage } from '../origin/stage'
import { byCommand, byDeclaration, overNight } from './protocols'
import type { MechanismTrial } from './trials'

export type Cast = { engineer: Player; lead: Player }

const target = '26.6.1'

/** Saves a protocol, or its next version, when the first trial needs it; the lead reviews it. */
export function mechanismProtocols(stage: Stage, { engineer, lead }: Cast) {
  let family: { protocolId: string; basedOn: number } | undefined
  const versions = new Map<ProtocolPlan, string>()
  return async (plan: ProtocolPlan): Promise<string> => {
    const known = versions.get(plan)
    if (known !== undefined) return known
    const input = { ...(plan === overNight ? {} : family), plan }
    const saved = must(
      await stage.act((now) => saveProtocol(stage.tx, engineer.actor, input, now)),
      'saved',
    )
    const { protocolId, version, versionId } = saved
    const seen = { versionId, reason: 'Both mechanisms, one question.' }
    must(await stage.act((now) => reviewProtocol(stage.tx, lead.actor, seen, now)), 'done')
    if (plan !== overNight) family = { protocolId, basedOn: version }
    versions.set(plan, versionId)
    return versionId
  }
}

export type MechanismTools = {
  stage: Stage
  cast: Cast
  protocols: ReturnType<typeof mechanismProtocols>
  deviceIdOf(labTag: string): string
}

/** One concluded and locked trial. The device must be enrolled. */
export async function playMechanism(tools: MechanismTools, trial: MechanismTrial): Promise<void> {
  const { stage, cast, protocols } = tools
  const { labTag, mechanism, mishap, outcome } = trial
  const playing = await beginTrial({
    stage,
    player: cast.engineer,
    story: { ...trial, target },
    deviceId: tools.deviceIdOf(labTag),
    protocolVersionId: await protocols(mechanism === 'command' ? byCommand : byDeclaration),
  })
  if (mishap === 'unplugged') {
    touch(playing, 'unplug')
    touch(playing, 'setBattery', 0.12)
  }
  if (mechanism === 'command') await courses[mishap ? 'watched' : 'unattended'](playing)
  else if (mishap) await declareInVain(playing, mishap)
  else await declare(playing)
  await conclude(playing, outcome)
  if (mechanism === 'declaration') await takeBack(stage)
  if (stage.device(labTag).online) touch(playing, 'goOffline')
  const { trialId } = playing
  await review({ stage, trialId, reviewer: cast.lead, author: cast.engineer }, 'locked')
}

const releaseDeclaration = async (playing: Playing) =>
  release(playing, 1, await playing.stage.holdings(playing.trialId))

/** Minutes between two rounds of the worker while a declaration waits. */
const roundMinutes = 60

async function declare(playing: Playing): Promise<void> {
  await releaseDeclaration(playing)
  await waitFor(playing, inPhase('downloaded'))
  await see(playing, 'downloadSeen')
  await watchUntil(playing, (device) => inPhase('dark')(device) || runs(target)(device))
  await see(playing, 'rebooted')
  await waitFor(playing, runs(target))
  const { osVersion, osBuild } = playing.stage.device(playing.story.labTag)
  await see(playing, 'newOsSeen', { osVersion, osBuild })
  await readOs(playing)
}

/** What the device lacks it reports with Apple's reason, and tries again until the deadline. */
async function declareInVain(playing: Playing, mishap: NonNullable<MechanismTrial['mishap']>) {
  await releaseDeclaration(playing)
  if (mishap === 'diskFilled') {
    await waitFor(playing, inPhase('downloaded'))
    await see(playing, 'downloadSeen')
    touch(playing, 'freeDisk', 0.4)
  }
  await watchUntil(playing, () => false)
  await see(playing, 'nothing')
  await untilDeadline(playing)
  await readOs(playing)
}

/** Lets the worker make its rounds until the device is there, or for two hours. */
async function watchUntil(playing: Playing, is: Parameters<typeof waitFor>[1]): Promise<void> {
  const { stage, story } = playing
  for (let round = 0; round * roundMinutes < 120; round += 1) {
    await stage.work()
    for (let minute = 0; minute < roundMinutes; minute += 1) {
      if (is(stage.device(story.labTag))) return
      await stage.pass(1)
    }
  }
}

async function readOs({ stage, player, deviceId }: Playing): Promise<void> {
  const questions: typeof fullQuery = ['DeviceInformation']
  const query = { deviceId, questions }
  must(await stage.act((now) => queryDevice(stage.tx, player.actor, query, now)), 'asked')
  await stage.pass(1)
}

/** An ended trial takes its declaration back from the server, and the device is seen without it. */
async function takeBack(stage: Stage): Promise<void> {
  await stage.work()
  await stage.pass(1)
  await stage.work()
}

export const liveTag = 'M-9'

/** A trial whose declaration the device has fetched, and whose update is downloaded: it waits for the night. */
export async function playWaiting({ stage, cast, protocols, deviceIdOf }: MechanismTools) {
  const playing = await beginTrial({
    stage,
    player: cast.engineer,
    story: {
      labTag: liveTag,
      target,
      expectation: 'It downloads today and installs in the night, with nobody there.',
      prediction: ['installedAsExpected'],
    },
    deviceId: deviceIdOf(liveTag),
    protocolVersionId: await protocols(overNight),
  })
  await releaseDeclaration(playing)
  await waitFor(playing, inPhase('downloaded'))
  await see(playing, 'downloadSeen')
  await stage.work()
}
