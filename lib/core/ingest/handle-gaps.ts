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

/** A device that is in contact answers a query within seconds. After this time the answer is taken as lost. */
export const answerWithinMs = 60_000

/**
 * Records an observation gap on the trials of its MDM server that were observing, and queries their devices. Only
 * queries are sent; an update command is never sent again.
 * @returns how many gaps and lost queries were handled
 */
export async function handleGaps(
  { db, servers, clock, pushes }: GapHandling,
  attempt: Attempt,
): Promise<number> {
  let done = await attempt(() => recordListenerSilence(db, clock()))
  for (const gap of await listUnmarkedGaps(db))
    done += await attempt(() => recordOnTrials({ db, servers, clock, pushes }, gap))
  const lost = await listLostQuestions(db, new Date(clock().getTime() - answerWithinMs))
  for (const question of lost) done += await attempt(() => queryAgain(db, question, clock()))
  return done
}

async function recordOnTrials(handling: GapHandling, gap: Gap): Promise<number> {
  const { db, clock } = handling
  const { endedAt } = gap
  if (!endedAt) return 0
  const now = clock()
  const trials = await listTrialsInGap(db, { mdmServerId: gap.mdmServerId, endedAt })
  for (const trial of trials) {
    if (!(await recordGap(db, trial, { ...gap, endedAt }, now))) continue
    await queryOrPush(handling, trial)
  }
  await transact(db, systemActor, (tx) => markGap(tx, gap.id, now))
  return 1
}

/** @returns false if the trial's record has this gap already, or accepts no more entries */
async function recordGap(
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

/** Queries the device. If a command is open already, the device is only pushed, because one command at a time may be open. */
async function queryOrPush(
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

/** Withdraws a query whose answer was lost, because it would block the device forever, and queries again. */
async function queryAgain(db: Db, lost: LostQuestion, now: Date): Promise<number> {
  const { commandUuid, deviceId, trialId } = lost
  const reason =
    'its answer was missed: the device was in contact after the observation gap and has not answered it'
  const given = await withdrawCommand(db, systemActor, { commandUuid, reason }, now)
  if (given.status !== 'withdrawn') return 0
  await queryDevice(db, systemActor, { deviceId, questions: [...statusQuery], trialId }, now)
  return 1
}
