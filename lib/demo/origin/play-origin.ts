import { checkWitness } from '@/lib/core/release/check-witness'
import { reviewProtocol } from '@/lib/core/trials/review-protocol'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import type { Db } from '@/lib/db/client'
import { labDay } from '@/lib/domain/text/lab-time'
import { freshFleet } from '@/lib/virtual-lab/fleet'
import { freshState, type LabState } from '@/lib/virtual-lab/lab-state'
import { zoneOf } from '@/lib/virtual-lab/virtual-device'
import type { Witness } from '@/lib/witness/witness'
import {
  type Cast,
  liveTag,
  type MechanismTools,
  mechanismProtocols,
  playMechanism,
  playWaiting,
} from '../mechanisms/play-mechanisms'
import { type MechanismTrial, mechanismTrials } from '../mechanisms/trials'
import { type Claims, claimsOf, decideClaims, writeClaims } from './claims'
import { addDevices, endState, enrolAtFirst, originOf, storyDevices, switchOn } from './drawer'
import {
  beginTrial,
  conclude,
  courses,
  must,
  prompt,
  readEverything,
  runs,
  see,
  touch,
  waitFor,
} from './play-trial'
import { newestRelease, type SingleProtocol, singleProtocols } from './protocols'
import { playRadars } from './radars'
import type { Release } from './releases'
import { review } from './review'
import { openStage, type Stage } from './stage'
import { type StoryTrial, storyTrials } from './trials'

export type Origin = {
  db: Db
  serverId: string
  cast: Cast
  witness: Witness
  now: Date
  /** Called with the virtual lab as it is, each time that a part of the story is committed. */
  keep(state: LabState): void
}

const dayMs = 24 * 3_600_000
/** Its chance; what the virtual lab draws afterwards is by the seed of its own process. */
const storySeed = 'origin-2018'

/**
 * Plays the story of 2018 and the comparison of both mechanisms: what the virtual devices do and answer is theirs, and what people do goes through the
 * services. Ends at `now`, with three trials under way. The fleet's devices must be in the database.
 */
export async function playOrigin({
  db,
  serverId,
  cast,
  witness,
  now,
  keep,
}: Origin): Promise<void> {
  const first = Math.max(...storyTrials.map(({ daysAgo }) => daysAgo))
  const beginsAt = morningOf(now, first + 1)
  const state = freshState(storySeed, 0, originOf([...storyDevices(), ...freshFleet()]))
  const enrollmentIds = storyDevices().map(({ enrollmentId }) => enrollmentId)
  const stage = openStage({ db, serverId, state, enrollmentIds, beginsAt, witness })
  await checkWitness(db, witness, beginsAt)
  const devices = await stage.scene(() => addDevices(stage, serverId))
  keep(endState(stage))
  const claims = await stage.scene(() => writeClaims(stage, cast.engineer))
  const protocols = protocolsOf(stage, cast, claims)
  const tools: Tools = {
    ...{ stage, cast, protocols, devices, radars: new Map() },
    mechanisms: mechanismProtocols(stage, cast),
  }
  // In the order of their days, as their numbers and the clock of the stage go up.
  for (const one of [...storyTrials, ...mechanismTrials].toSorted(
    (a, b) => b.daysAgo - a.daysAgo,
  )) {
    await stage.scene(() => playOne(tools, one, now))
    keep(endState(stage))
  }
  await stage.scene(() => playLive(tools, now))
  await stage.scene(() => switchOn(tools, liveTags))
  // Each device has enrolled on its own day; where the story broke off, all of them do at the start of the lab.
  keep({ ...endState(stage), enrolled: true })
}

type Tools = {
  stage: Stage
  cast: Cast
  protocols: ReturnType<typeof protocolsOf>
  mechanisms: ReturnType<typeof mechanismProtocols>
  devices: Map<string, string>
  /** The IDs of the radars, by the number of 2018. */
  radars: Map<string, string>
}

/** 09:00 UTC, so many days before. */
const morningOf = (now: Date, daysAgo: number) =>
  new Date(Math.floor(now.getTime() / dayMs - daysAgo) * dayMs + 9 * 3_600_000)

const laterOf = (one: Date, other: Date) => new Date(Math.max(one.getTime(), other.getTime()))

/** Saves a protocol the first time it is needed, and its next version where the release is another one; the lead reviews each. */
function protocolsOf(stage: Stage, { engineer, lead }: Cast, claims: Claims) {
  const versions = new Map<string, string>()
  let newest: { protocolId: string; basedOn: number } | undefined
  return async (protocol: 'newest' | SingleProtocol, target: Release): Promise<string> => {
    const key = protocol === 'newest' ? target : protocol
    const known = versions.get(key)
    if (known !== undefined) return known
    const named = claimsOf(protocol, claims)
    const own = protocol === 'newest' ? newestRelease(target) : singleProtocols[protocol]
    const plan = { ...own, ...(named.length > 0 && { claims: named }) }
    const input = protocol === 'newest' ? { ...newest, plan } : { plan }
    const save = (now: Date) => saveProtocol(stage.tx, engineer.actor, input, now)
    const saved = must(await stage.act(save), 'saved')
    const seen = { versionId: saved.versionId, reason: 'Steps and deadline as agreed.' }
    must(await stage.act((now) => reviewProtocol(stage.tx, lead.actor, seen, now)), 'done')
    if (protocol === 'newest') newest = { protocolId: saved.protocolId, basedOn: saved.version }
    versions.set(key, saved.versionId)
    return saved.versionId
  }
}

const deviceIdOf = ({ devices }: Tools, labTag: string): string => {
  const id = devices.get(labTag)
  if (id === undefined) throw new Error(`the story has no device ${labTag}`)
  return id
}

/** Moves to the morning of a trial and takes its device out of the drawer. */
async function playOne(tools: Tools, one: StoryTrial | MechanismTrial, now: Date): Promise<void> {
  const { stage } = tools
  const morning = morningOf(now, one.daysAgo)
  await stage.moveTo(laterOf(morning, stage.now()))
  await enrolAtFirst(stage, one.labTag)
  if ('mechanism' in one) await playMechanism(mechanismTools(tools), one)
  else await playStory(tools, one)
}

const mechanismTools = (tools: Tools): MechanismTools => ({
  stage: tools.stage,
  cast: tools.cast,
  protocols: tools.mechanisms,
  deviceIdOf: (labTag) => deviceIdOf(tools, labTag),
})

async function playStory(tools: Tools, story: StoryTrial): Promise<void> {
  const { stage, cast } = tools
  const protocolVersionId = await tools.protocols(story.protocol, story.target)
  const deviceId = deviceIdOf(tools, story.labTag)
  const player = cast.engineer
  const playing = await beginTrial({ stage, player, story, deviceId, protocolVersionId })
  await courses[story.course](playing)
  await conclude(playing, story.outcome)
  await stage.pass(5)
  // What nobody accepted in the trial is accepted afterwards, by somebody who passes the bench.
  if (story.course === 'notAccepted') {
    touch(playing, 'enterPasscode')
    await waitFor(playing, runs(story.target))
    await readEverything(playing)
  }
  touch(playing, 'goOffline')
  const { trialId } = playing
  await playRadars({ stage, ...cast }, story, trialId, tools.radars)
  await decideClaims(stage, cast.lead, story, trialId)
  await review({ stage, trialId, reviewer: cast.lead, author: cast.engineer }, story.review)
}

const liveTags = ['O-7', 'O-8', liveTag]

/** How long before `now` the first live trial begins, in minutes; its download takes up to twelve. */
const liveMinutes = 50

/** How long before `now` the declaration that waits is put on its device: an hour before the others. */
const declaredMinutes = liveMinutes + 60

/** From the enrolment to the end of the hold, in minutes, with time to spare. */
const releaseMinutes = 15

/**
 * So much earlier that the release is over before the device's midnight: after it "the next night" is another one, and
 * a release whose hold passes it lapses.
 */
const notAtMidnight = (at: Date, zone: string): Date => {
  const passes = labDay(at, zone) !== labDay(new Date(at.getTime() + releaseMinutes * 60_000), zone)
  return passes ? new Date(at.getTime() - releaseMinutes * 60_000) : at
}

/** One device waits for the night, one at its prompt; one trial is armed and waits for a second person. */
async function playLive(tools: Tools, now: Date): Promise<void> {
  const { stage, cast, protocols } = tools
  const player = cast.engineer
  const zone = zoneOf(stage.device(liveTag))
  await stage.moveTo(notAtMidnight(new Date(now.getTime() - declaredMinutes * 60_000), zone))
  await enrolAtFirst(stage, liveTag)
  await playWaiting(mechanismTools(tools))
  await stage.moveTo(new Date(now.getTime() - liveMinutes * 60_000))
  const live = {
    labTag: 'O-7',
    target: '12.1',
    expectation: 'The prompt stays until somebody answers it.',
    prediction: ['promptNotAccepted', 'installedAfterUserAction'],
  } as const
  const playing = await beginTrial({
    stage,
    player,
    story: live,
    deviceId: deviceIdOf(tools, live.labTag),
    protocolVersionId: await protocols('openEnd', live.target),
  })
  await prompt(playing)
  await see(playing, 'promptShown')
  await stage.pass(Math.max(0, (now.getTime() - stage.now().getTime()) / 60_000 - 3))
  const last = {
    labTag: 'O-8',
    target: '12.1',
    expectation: 'A download, and no install.',
    prediction: ['downloadedOnly'],
  } as const
  await enrolAtFirst(stage, last.labTag)
  await beginTrial({
    stage,
    player,
    story: last,
    deviceId: deviceIdOf(tools, last.labTag),
    protocolVersionId: await protocols('lastOne', last.target),
  })
  await stage.moveTo(laterOf(now, stage.now()))
}
