import type { Db } from '@/lib/db/client'
import {
  type Command,
  findCommand,
  findOpenCommand,
  findSlotCommand,
  insertCommandEvent,
  moveCommand,
} from '@/lib/db/queries/trials/commands'
import { deleteReleaseWish, putReleaseWish } from '@/lib/db/queries/trials/release-wishes'
import { type Actor, systemActor } from '@/lib/domain/account/actor'
import type { NextNote } from '@/lib/domain/trial/command-slot'
import { wishLastsMs } from '@/lib/domain/trial/release'
import { withTrial } from '../kernel/advance-trial'
import { forbidden, type Refusal, refused } from '../shared/result'
import { alreadyReleased, orderProblem } from './slot-checks'

/** The question the release has to wait for, if there is one. */
export type Held = { status: 'held'; waitsFor: Pick<Command, 'commandUuid' | 'requestType'> | null }

/**
 * Somebody is about to release: for a minute and a half no new question goes to the device, so that the
 * release can follow the answer to the one that is open. Else a device that answers later than the trial
 * asks could never be released. What was not sent yet is taken back; what the MDM server has is waited for,
 * because its queue must hold one command at a time (docs/decisions/003-one-command-in-flight.md). What a
 * person has asked behind that one is asked after the release was given up: lib/core/release/next-queries.ts.
 */
export async function pauseQueries(
  db: Db,
  actor: Actor,
  input: { trialId: string; ordinal: number },
  now: Date,
): Promise<Held | Refusal> {
  const no = forbidden(actor, 'releaseTrial')
  if (no) return no
  return withTrial(db, actor, input.trialId, async (tx, trial, device) => {
    const early = await orderProblem(tx, trial, input.ordinal)
    if (early) return refused(early)
    // A request of the dialog that comes after the press must not hold anything back any more.
    if (alreadyReleased(await findSlotCommand(tx, trial.id, input.ordinal)))
      return refused('the command is released already')
    const until = new Date(now.getTime() + wishLastsMs)
    await putReleaseWish(tx, { deviceId: device.id, until, byName: actor.name })
    const open = await findOpenCommand(tx, device.id)
    if (!open || (await takeBack(tx, open, actor, now)))
      return { status: 'held' as const, waitsFor: null }
    const { commandUuid, requestType } = open
    return { status: 'held' as const, waitsFor: { commandUuid, requestType } }
  })
}

/** True where it was a question of the program's own that had not been sent. */
async function takeBack(tx: Db, open: Command, actor: Actor, now: Date): Promise<boolean> {
  if (open.purpose !== 'probe' || open.reservedById !== systemActor.id) return false
  const because = `${actor.name} is about to release a command`
  const set = { state: 'cancelled' as const, settledAt: now, because }
  const { commandUuid } = open
  if (!(await moveCommand(tx, commandUuid, ['reserved'], set))) return false
  const event = { commandUuid, kind: 'cancelled', at: now, byName: actor.name, text: because }
  await insertCommandEvent(tx, event)
  return true
}

type Note = { commandUuid: string; kind: NextNote; text: string; byName: string }

/** Writes down on an answered question what became of those behind it. */
export const recordNext = (tx: Db, { commandUuid, ...note }: Note, now: Date): Promise<void> =>
  insertCommandEvent(tx, { commandUuid, ...note, at: now })

/**
 * Nobody is about to release on the device any more, whose row is locked. Questions that had waited for
 * that are not asked any more, for the reason given, and it stands on the record.
 */
export async function endQueryPause(
  tx: Db,
  deviceId: string,
  { because, actor, now }: { because: string; actor: Actor; now: Date },
): Promise<void> {
  const wish = await deleteReleaseWish(tx, deviceId)
  const held = wish?.heldCommand ? await findCommand(tx, wish.heldCommand) : undefined
  if (!held) return
  const { commandUuid, nextRequests } = held
  const text = `Not queried: ${nextRequests.join(', ')}, because ${because}`
  await recordNext(tx, { commandUuid, kind: 'nextNotAsked', text, byName: actor.name }, now)
}
