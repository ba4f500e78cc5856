import { type ChangeRadar, changeRadar } from '@/lib/core/record/change-radar'
import { proposeRadar, type RadarOrigin, writeRadar } from '@/lib/core/record/write-radar'
import {
  listContradictionGroups,
  listContradictionsOfTrial,
} from '@/lib/db/queries/events/contradictions'
import { findTrial } from '@/lib/db/queries/trials/trials'
import type { ContradictionKind } from '@/lib/domain/contradiction/finding'
import type { RadarText } from '@/lib/domain/radar/radar'
import { must } from './play-trial'
import type { Player, Stage } from './stage'
import type { StoryTrial } from './trials'

type Step = Pick<ChangeRadar, 'kind' | 'reason'> & {
  number?: string
  version?: string
  /** Whether the trial that has just ended supports it. */
  byThisTrial?: true
}

type Written =
  | { from: 'trial' }
  | { from: 'contradiction'; kind: ContradictionKind; path: string }
  | { from: 'nothing'; startVersion: string; content: RadarText }

type RadarScene = {
  /** The trial after which it happens. */
  after: [StoryTrial['labTag'], StoryTrial['target']]
  /** The number that Apple gave the report in 2018. */
  radar: string
  write?: Written
  changes?: Step[]
}

const area = 'iOS: Device Management (MDM), software update'
const assumed = 'which version has the fix is not public: this one is an assumption of the demo'
const filed = (number: string): Step => ({
  kind: 'filed',
  number,
  reason: 'Filed in 2018 by others under this number; the text here is from a simulated trial.',
})
const noUpdate = {
  from: 'contradiction',
  kind: 'undocumentedError',
  path: 'AvailableOSUpdates=[]',
} as const

/**
 * The seven bug reports of 2018 (https://github.com/lionheart/openradar-mirror/issues/20593, 20594, 20595, 20592, 19740,
 * 19571 and 19665), written from the trials of the story. Two have no trial: rule Q6 lets no command name the installed
 * version, and the Simulator was a wish.
 */
const scenes: readonly RadarScene[] = [
  {
    after: ['O-4', '11.3'],
    radar: '45414727',
    write: { from: 'trial' },
    changes: [filed('45414727')],
  },
  {
    after: ['O-4', '11.4'],
    radar: '45414737',
    write: { from: 'contradiction', kind: 'typeDiffers', path: 'OSUpdateStatus[].IsDownloaded' },
    changes: [filed('45414737')],
  },
  { after: ['O-1', '11.4'], radar: '39170807', write: noUpdate, changes: [filed('39170807')] },
  {
    after: ['O-1', '11.4'],
    radar: '39591791',
    write: noUpdate,
    changes: [
      filed('39591791'),
      {
        kind: 'duplicate',
        number: '39170807',
        reason: 'The same on 11.4 beta; that it was closed as a duplicate is part of the demo.',
      },
    ],
  },
  {
    after: ['O-4', '11.4'],
    radar: '40161553',
    write: {
      from: 'nothing',
      startVersion: '11.3.1',
      content: {
        title: 'ScheduleOSUpdate for the installed version: no reply on iOS 11.3.1',
        area,
        steps:
          '1. Enroll a supervised device on iOS 11.3.1.\n2. Send ScheduleOSUpdate with the ProductKey of 11.3.1.',
        expected: 'A reply, as to every command.',
        actual: 'The device logs Acknowledged, and no reply reaches the server.',
        configuration: 'iOS 11.3.1',
      },
    },
    changes: [filed('40161553')],
  },
  {
    after: ['O-4', '11.4'],
    radar: '45414745',
    write: {
      from: 'nothing',
      startVersion: '',
      content: {
        title: 'ScheduleOSUpdate in the Simulator',
        area,
        steps: '1. Test an update command.\n2. Test it again from the same version.',
        expected: 'A Simulator in which update commands can be tested.',
        actual:
          'Each device allows one test, as only signed versions can be installed again. Each mistake costs a device.',
        configuration: 'Any device',
      },
    },
    changes: [filed('45414745')],
  },
  {
    after: ['O-4', '12.0'],
    radar: '45414692',
    write: { from: 'contradiction', kind: 'errorThoughStarted', path: '(reply)' },
    changes: [
      filed('45414692'),
      {
        kind: 'acknowledged',
        reason: 'Part of the demo: whether Apple acknowledged it is not public.',
      },
    ],
  },
  {
    after: ['O-4', '12.1'],
    radar: '45414737',
    changes: [
      { kind: 'claimedFixed', version: '12.0', reason: `Closed; ${assumed}.` },
      { kind: 'verifiedFixed', reason: 'Every IsDownloaded is a boolean.', byThisTrial: true },
    ],
  },
  {
    after: ['O-1', '12.1'],
    radar: '45414727',
    changes: [{ kind: 'claimedFixed', version: '12.1', reason: `Closed; ${assumed}.` }],
  },
  {
    after: ['O-4', '12.1'],
    radar: '45414692',
    changes: [
      {
        kind: 'claimedFixed',
        version: '12.0',
        reason: `The public copy says resolved on 2018-11-07; ${assumed}.`,
      },
      { kind: 'verifiedFixed', reason: 'Both commands were acknowledged.', byThisTrial: true },
    ],
  },
]

type Playing = { stage: Stage; engineer: Player; lead: Player }

/** Writes and follows the radars that belong to this trial, through the services. `radars` keeps their IDs. */
export async function playRadars(
  { stage, engineer, lead }: Playing,
  { labTag, target }: StoryTrial,
  trialId: string,
  radars: Map<string, string>,
): Promise<void> {
  const trial = await findTrial(stage.tx, trialId)
  const own = scenes.filter(({ after: [tag, release] }) => tag === labTag && release === target)
  for (const { radar, write, changes = [] } of own) {
    if (write) radars.set(radar, await writeOne(stage, engineer, write, trialId))
    const radarId = radars.get(radar)
    if (!radarId) throw new Error(`the story changes radar ${radar} before it is written`)
    for (const { byThisTrial, ...step } of changes) {
      const change = { ...step, radarId, trials: byThisTrial ? `T-${trial?.number}` : '' }
      const done = await stage.act((now) => changeRadar(stage.tx, lead.actor, change, now))
      must(done, 'changed')
    }
  }
}

async function writeOne(
  stage: Stage,
  { actor }: Player,
  write: Written,
  trialId: string,
): Promise<string> {
  const { origin, content } = await textOf(stage, actor, write, trialId)
  const written = await stage.act((now) => writeRadar(stage.tx, actor, { origin, content }, now))
  return must(written, 'written').radarId
}

async function textOf(
  { tx }: Stage,
  actor: Player['actor'],
  write: Written,
  trialId: string,
): Promise<{ origin: RadarOrigin; content: RadarText }> {
  if (write.from === 'nothing') {
    const { startVersion, content } = write
    return { origin: { environment: 'simulated', platform: 'iOS', startVersion }, content }
  }
  const origin =
    write.from === 'trial' ? { trialId } : { contradictionId: await newestOf(tx, write, trialId) }
  return { origin, content: must(await proposeRadar(tx, actor, origin), 'proposed').content }
}

/** Of this trial, or the newest that any query showed. */
async function newestOf(
  tx: Stage['tx'],
  { kind, path }: Extract<Written, { kind: ContradictionKind }>,
  trialId: string,
): Promise<number> {
  const isMeant = (one: { kind: string; path: string }) => one.kind === kind && one.path === path
  const own = (await listContradictionsOfTrial(tx, trialId)).find(isMeant)
  if (own) return own.id
  const groups = await listContradictionGroups(tx, 'simulated')
  const found = groups.find(isMeant)
  if (!found) throw new Error(`the story has no contradiction ${kind} at ${path}`)
  return found.newestId
}
