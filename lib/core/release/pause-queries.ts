import type { Db } from '@/lib/db/client'
import {
  type Command,
  findCommand,
  findOpenCommand,
  findSlotCommand,
  insertCommandEvent,
  moveCommand,
} from '@/lib/db/queries/trials/commands'
import { deleteReleaseRequest, putReleaseRequest } from '@/lib/db/queries/trials/release-requests'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import type { NextNote } from '@/lib/domain/trial/command-slot'
import { requestLastsMs } from '@/lib/domain/trial/release'
import { withTrial } from '../kernel/advance-trial'
import { forbidden, type Refusal, refused } from '../shared/result'
import { alreadyReleased, orderProblem } from './slot-checks'

/** The query whose answer the release has to wait for, if there is one. */
export type Held = { status: 'held'; waitsFor: Pick<Command, 'commandUuid' | 'requestType'> | null }

/**
 * Pauses new queries to a device for 90 seconds, because somebody has the release dialog open. Otherwise a device
 * that answers more slowly than the trial queries it could never be released. A query that was not sent yet is
 * cancelled. A query that the MDM server has is waited for, because its queue must hold one command at a time
 * (docs/decisions/003-one-command-in-flight.md). Further queries that a person requested are made after the
 * dialog was closed without a release: lib/core/release/next-queries.ts.
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
    // The dialog's last request may arrive after the release, and must not pause anything any more.
    if (alreadyReleased(await findSlotCommand(tx, trial.id, input.ordinal)))
      return refused('the command is released already')
    const until = new Date(now.getTime() + requestLastsMs)
    await putReleaseRequest(tx, { deviceId: device.id, until, byName: actor.name })
    const open = await findOpenCommand(tx, device.id)
    if (!open || (await cancelOwnQuery(tx, open, actor, now)))
      return { status: 'held' as const, waitsFor: null }
    const { commandUuid, requestType } = open
    return { status: 'held' as const, waitsFor: { commandUuid, requestType } }
  })
}

/** @returns true if the open command was the program's own query, not sent yet, and is cancelled now */
async function cancelOwnQuery(tx: Db, open: Command, actor: Actor, now: Date): Promise<boolean> {
  if (open.purpose !== 'probe' || open.reservedById !== systemActor.id) return false
  const reason = `${actor.name} is about to release a command`
  const set = { state: 'cancelled' as const, settledAt: now, reason }
  const { commandUuid } = open
  if (!(await moveCommand(tx, commandUuid, ['reserved'], set))) return false
  const event = { commandUuid, kind: 'cancelled', at: now, byName: actor.name, text: reason }
  await insertCommandEvent(tx, event)
  return true
}

type Note = { commandUuid: string; kind: NextNote; text: string; byName: string }

/** Records on an answered query what became of the queries that were to follow it. */
export const recordNext = (tx: Db, { commandUuid, ...note }: Note, now: Date): Promise<void> =>
  insertCommandEvent(tx, { commandUuid, ...note, at: now })

/**
 * Ends the pause on a device whose row the caller has locked. Queries that were waiting are dropped, and the
 * reason is recorded.
 */
export async function endQueryPause(
  tx: Db,
  deviceId: string,
  { reason, actor, now }: { reason: string; actor: Actor; now: Date },
): Promise<void> {
  const releaseRequest = await deleteReleaseRequest(tx, deviceId)
  const held = releaseRequest?.heldCommand
    ? await findCommand(tx, releaseRequest.heldCommand)
    : undefined
  if (!held) return
  const { commandUuid, nextRequests } = held
  const text = `Not queried: ${nextRequests.join(', ')}, because ${reason}`
  await recordNext(tx, { commandUuid, kind: 'nextNotAsked', text, byName: actor.name }, now)
}
