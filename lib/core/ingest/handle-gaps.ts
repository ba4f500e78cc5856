import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  type Gap,
  isGapMarked,
  type LostQuestion,
  listLostQuestions,
  listTrialsInGap,
  listUnmarkedGaps,
  markGap,
} from '@/lib/db/queries/events/gaps'
import { findOpenCommand } from '@/lib/db/queries/trials/commands'
import { lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { waitsForAnswer } from '@/lib/domain/trial/command-slot'
import { describeGap } from '@/lib/domain/trial/observation'
import { advanceTrial } from '../kernel/advance-trial'
import { pushAgain } from '../release/push'
import { queryDevice, statusQuery } from '../release/query-device'
import { pushLater } from '../release/send-due'
import type { Lanes } from '../release/send-lanes'
import { withdrawCommand } from '../release/withdraw-command'
import type { Attempt } from '../shared/failure'
import type { MdmServers } from '../shared/mdm-servers'
import { recordListenerSilence } from './listener-health'

type GapHandling = { db: Db; servers: MdmServers; clock: () => Date; pushes: Lanes }

/** A device that has been heard answers what it was handed within seconds; after this it will not. */
const answerWithinMs = 60_000

/**
 * What an observation gap means for the trials under way on its server: it stands in their records, and
 * their devices are asked how they are. Only questions are asked; what changes a device is never sent
 * again. Gives how many things it did.
 */
export async function handleGaps(
  { db, servers, clock, pushes }: GapHandling,
  attempt: Attempt,
): Promise<number> {
  let done = await attempt(() => recordListenerSilence(db, clock()))
  for (const gap of await listUnmarkedGaps(db))
    done += await attempt(() => tellTrials({ db, servers, clock, pushes }, gap))
  const lost = await listLostQuestions(db, new Date(clock().getTime() - answerWithinMs))
  for (const question of lost) done += await attempt(() => askAnew(db, question, clock()))
  return done
}

async function tellTrials(handling: GapHandling, gap: Gap): Promise<number> {
  const { db, clock } = handling
  const { endedAt } = gap
  if (!endedAt) return 0
  const now = clock()
  const trials = await listTrialsInGap(db, { mdmServerId: gap.mdmServerId, endedAt })
  for (const trial of trials) {
    if (!(await noteGap(db, trial, { ...gap, endedAt }, now))) continue
    await lookAfter(handling, trial)
  }
  await transact(db, systemActor, (tx) => markGap(tx, gap.id, now))
  return 1
}

/** False where the trial's record has it already, or takes no more. */
async function noteGap(
  db: Db,
  { id, deviceId }: { id: string; deviceId: string },
  gap: Gap & { endedAt: Date },
  now: Date,
): Promise<boolean> {
  return transact(db, systemActor, async (tx) => {
    await lockDeviceRow(tx, deviceId)
    const trial = await lockTrial(tx, id)
    if (trial?.state !== 'observing' || (await isGapMarked(tx, id, gap.id))) return false
    const words = describeGap(gap)
    await advanceTrial(
      tx,
      trial,
      {
        kind: 'observationGap',
        text: `${words.charAt(0).toUpperCase()}${words.slice(1)}: an answer may have been missed`,
        data: { gapId: gap.id, reason: gap.reason },
      },
      systemActor,
      now,
    )
    return true
  })
}

/** Asks the device at once; where a command is open already it is only woken, as one at a time is the rule. */
async function lookAfter(
  { db, servers, clock, pushes }: GapHandling,
  trial: { id: string; deviceId: string },
): Promise<void> {
  const open = await findOpenCommand(db, trial.deviceId)
  if (!open) {
    const input = { deviceId: trial.deviceId, questions: [...statusQuery], trialId: trial.id }
    await queryDevice(db, systemActor, input, clock())
  } else if (waitsForAnswer(open))
    pushLater({ db, pushes }, open, () =>
      pushAgain(db, servers, systemActor, { commandUuid: open.commandUuid }, clock()),
    )
}

/** Gives up a question whose answer was swallowed, so that it does not keep the device for ever, and asks again. */
async function askAnew(db: Db, lost: LostQuestion, now: Date): Promise<number> {
  const { commandUuid, deviceId, trialId } = lost
  const reason =
    'its answer was missed: the device was in contact after the observation gap and has not answered it'
  const given = await withdrawCommand(db, systemActor, { commandUuid, reason }, now)
  if (given.status !== 'withdrawn') return 0
  await queryDevice(db, systemActor, { deviceId, questions: [...statusQuery], trialId }, now)
  return 1
}
