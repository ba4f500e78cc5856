import type { Db } from '@/lib/db/client'
import {
  insertOutsideUpdate,
  isExplained,
  listOsReadings,
  listOutsideUpdates,
  lossIn,
  type OutsideUpdate,
} from '@/lib/db/queries/devices/outside-updates'
import { recordedState } from '@/lib/db/queries/devices/readings'
import { cancelReserved } from '@/lib/db/queries/trials/commands'
import {
  findLiveTrial,
  listUnsentTrials,
  recordEnd,
  type Trial,
} from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/permissions'
import { fullVersion, isOtherOs, osOf, startedOn } from '@/lib/domain/device/os-identity'
import { describeOs } from '@/lib/domain/outcome/os-change'
import { statusReportName } from '@/lib/domain/reading/reading'
import { describeLoss, findOsChange, type OsRead } from '@/lib/domain/trial/outside-update'
import { advanceTrial } from '../kernel/advance-trial'

/** When the OS version was read, and the event it came from, if it came from one. */
export type Seen = { at: Date; rawEventId?: number | undefined }

/**
 * Compares the device's OS with the OS before and with the starting states of its trials:
 * - A change that no released command explains is an update outside a trial.
 * - For a trial that is observing, the first reading of another build is its end state.
 * - A trial that has sent nothing yet is lost, because its starting state no longer exists.
 *
 * The caller has locked the device's row and stored the readings.
 */
export async function recordOsChange(
  tx: Db,
  deviceId: string,
  seen: Seen,
  now: Date,
): Promise<void> {
  const loss = await recordLoss(tx, deviceId, seen, now)
  const state = await recordedState(tx, deviceId)
  const os = osOf(state)
  const isKnown = os.version !== undefined && os.build !== undefined
  // What a status report says of the OS ends no trial: the answer to a query, a check-in or a person does.
  if (isKnown && state.osVersion?.by !== statusReportName) {
    const live = await findLiveTrial(tx, deviceId)
    if (live?.state === 'observing' && isOtherOs(startedOn(live), os))
      await recordEnd(tx, live.id, { os, seenAt: seen.at })
  }
  for (const trial of await listUnsentTrials(tx, deviceId)) {
    // A trial that was drafted after the change starts from the new OS and is not lost.
    if (loss && trial.draftedAt < seen.at)
      await loseTrial(tx, trial, { ...lossOf(loss), seen }, now)
    else if (isKnown && trial.startBuild !== null && isOtherOs(startedOn(trial), os)) {
      const text = `The OS changed from ${describeOs(startedOn(trial))} to ${describeOs(os)} with nothing sent`
      const to = { version: fullVersion(os) ?? null, build: os.build ?? null }
      await loseTrial(tx, trial, { text, to, seen }, now)
    }
  }
}

async function recordLoss(
  tx: Db,
  deviceId: string,
  { at: seenAt, rawEventId }: Seen,
  now: Date,
): Promise<OutsideUpdate | undefined> {
  const [last] = await listOutsideUpdates(tx, deviceId)
  const found = findOsChange(
    await listOsReadings(tx, deviceId),
    seenAt,
    last && { version: last.toOs, build: last.toBuild, seenAt: last.seenAt },
  )
  if (!found || (await isExplained(tx, deviceId, { from: found.from, seenAt }))) return undefined
  return insertOutsideUpdate(tx, {
    deviceId,
    fromOs: found.from.version,
    fromBuild: found.from.build,
    toOs: found.to.version,
    toBuild: found.to.build,
    seenAt,
    recordedAt: now,
    source: found.by.source,
    byName: ['typed', 'usb'].includes(found.by.source) ? found.by.byName : null,
    readingId: found.by.id,
    rawEventId: rawEventId ?? null,
  })
}

const lossOf = (row: OutsideUpdate) => {
  const loss = lossIn(row)
  return { text: describeLoss(loss), to: loss.to, outsideUpdateId: row.id }
}

type TrialLoss = { text: string; to: OsRead; seen: Seen; outsideUpdateId?: number }

async function loseTrial(
  tx: Db,
  trial: Trial,
  { text, to, seen, outsideUpdateId }: TrialLoss,
  now: Date,
): Promise<void> {
  await cancelReserved(tx, trial.id, now, 'the OS changed before it was sent')
  const set = {
    closedReason: 'the OS changed outside the trial',
    endOs: to.version,
    endBuild: to.build,
    endSeenAt: seen.at,
  }
  const data = outsideUpdateId === undefined ? {} : { outsideUpdateId }
  await advanceTrial(tx, trial, { kind: 'lost', text, data, set }, systemActor, now)
}
