import type { Db } from '@/lib/db/client'
import {
  answerHandOverRow,
  type CustodyState,
  endCustody,
  findCustody,
  insertCustody,
  insertHandOver,
} from '@/lib/db/queries/devices/custody'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { type Device, updateDevice } from '@/lib/db/queries/devices/devices'
import { findPerson } from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import {
  acceptedPlace,
  type CustodyNow,
  mayHold,
  placeProblem,
  whyNotAnswer,
  whyNotHandOver,
  whyNotPutBack,
  whyNotTake,
  whyNotTakeOver,
  whyNotWithdraw,
} from '@/lib/domain/device/custody'
import { textProblem, uuidForm } from '@/lib/domain/text/typed-text'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

type At = CustodyState & { device: Device; now: CustodyNow }

/** Runs on the locked device, so that of two people who act at once the second is told what the first did. */
async function onDevice<T>(
  db: Db,
  actor: Actor & { reason?: string | undefined },
  deviceId: string,
  run: (tx: Db, at: At) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  return transact(db, actor, async (tx) => {
    const device = uuidForm.test(deviceId) ? await lockDeviceRow(tx, deviceId) : undefined
    if (!device) return refused('There is no such device.')
    const state = await findCustody(tx, deviceId)
    return run(tx, { ...state, device, now: { ...state, retired: device.retiredAt !== null } })
  })
}

function badPlace(place: string): Refusal | undefined {
  const problem = placeProblem(place)
  return problem === undefined
    ? undefined
    : refused(`${problem} Accepted: ${acceptedPlace}.`, 'place')
}

const maxNote = 500

/** Offers the device to another person. Nothing changes until they accept it. */
export async function handOver(
  db: Db,
  actor: Actor,
  input: { deviceId: string; toId: string; place: string; note: string },
  now: Date,
): Promise<{ status: 'offered' } | Refusal> {
  const no = forbidden(actor, 'handOverDevice') ?? badPlace(input.place) ?? badNote(input.note)
  if (no) return no
  return onDevice(db, actor, input.deviceId, async (tx, { device, open, now: at }) => {
    const why = whyNotHandOver(at, actor)
    if (why) return refused(why)
    if (input.toId === actor.id) return refused('You cannot hand it to yourself.', 'toId')
    const to = await findPerson(tx, input.toId)
    if (!to || !mayHold(to))
      return refused(
        'Choose a person of the lab who works with devices: an engineer or a lead.',
        'toId',
      )
    await insertHandOver(tx, {
      ...{ deviceId: device.id, fromId: open?.holderId ?? null, toId: to.id, toName: to.name },
      ...{ place: input.place.trim(), note: input.note.trim() },
      ...{ offeredAt: now, offeredById: actor.id, offeredByName: actor.name },
    })
    return { status: 'offered' as const }
  })
}

function badNote(note: string): Refusal | undefined {
  const problem =
    note.trim().length > maxNote ? `This has ${note.trim().length} characters.` : textProblem(note)
  return problem === undefined
    ? undefined
    : refused(`${problem} Accepted: at most ${maxNote} characters.`, 'note')
}

/** The hand-over that the person saw: no press answers another one that came since. */
type ShownHandOver = { deviceId: string; handOverId: number }

const noneWaits = 'No hand-over waits for an answer.'

function otherHandOver(
  pending: CustodyState['pending'],
  { handOverId }: { handOverId: number | null },
): string | undefined {
  if ((pending?.id ?? null) === handOverId) return undefined
  const now = pending
    ? `${pending.offeredByName} offered it to ${pending.toName} meanwhile`
    : 'no hand-over waits any more'
  return notAsSeen(now)
}

const notAsSeen = (now: string) => `This is not what you saw: ${now}. Close this and look again.`

/** Accepts a hand-over, from then on the person has the device; or refuses it with a reason. */
export async function answerHandOver(
  db: Db,
  actor: Actor,
  input:
    | (ShownHandOver & { answer: 'accepted'; place: string })
    | (ShownHandOver & { answer: 'refused'; reason: string }),
  now: Date,
): Promise<{ status: 'accepted' | 'refusedIt' } | Refusal> {
  const accepts = input.answer === 'accepted'
  const no =
    forbidden(actor, 'handOverDevice') ??
    (accepts ? badPlace(input.place) : reasonRefusal(input.reason.trim()))
  if (no) return no
  return onDevice(db, actor, input.deviceId, async (tx, { device, open, pending, now: at }) => {
    const why = otherHandOver(pending, input) ?? whyNotAnswer(at, actor)
    if (why || !pending) return refused(why ?? noneWaits)
    if (accepts && at.retired) return refused('The device is retired.')
    await answerHandOverRow(tx, pending.id, {
      ...{ answer: input.answer, answeredAt: now, answeredById: actor.id },
      answeredByName: actor.name,
      answerReason: accepts ? null : input.reason.trim(),
    })
    if (!accepts) return { status: 'refusedIt' as const }
    if (open) await endCustody(tx, open.id, endedBy(actor, now))
    await insertCustody(tx, {
      ...{ deviceId: device.id, holderId: actor.id, holderName: actor.name },
      ...{ place: input.place.trim(), since: now, began: 'accepted', handOverId: pending.id },
    })
    return { status: 'accepted' as const }
  })
}

const endedBy = (actor: Actor, now: Date) => ({
  ...{ endedAt: now, endedById: actor.id, endedByName: actor.name },
})

/** Takes back an offer that was not answered. */
export async function withdrawHandOver(
  db: Db,
  actor: Actor,
  { deviceId, handOverId, reason }: ShownHandOver & { reason: string },
  now: Date,
): Promise<{ status: 'withdrawn' } | Refusal> {
  const no = forbidden(actor, 'handOverDevice') ?? reasonRefusal(reason.trim())
  if (no) return no
  return onDevice(db, actor, deviceId, async (tx, { pending, now: at }) => {
    const why = otherHandOver(pending, { handOverId }) ?? whyNotWithdraw(at, actor)
    if (why || !pending) return refused(why ?? noneWaits)
    await withdrawWaiting(tx, actor, pending.id, reason.trim(), now)
    return { status: 'withdrawn' as const }
  })
}

/** Ends a hand-over that waits for its answer. */
export const withdrawWaiting = (tx: Db, actor: Actor, id: number, reason: string, now: Date) =>
  answerHandOverRow(tx, id, {
    ...{ answer: 'withdrawn', answeredAt: now, answeredById: actor.id },
    ...{ answeredByName: actor.name, answerReason: reason },
  })

/** Why it is taken over, and what stood there: whose custody and which hand-over, or null. */
type TakenOver = { reason: string; custodyId: number | null; handOverId: number | null }

function otherHolder(open: CustodyState['open'], { custodyId }: TakenOver): string | undefined {
  if ((open?.id ?? null) === custodyId) return undefined
  const now = open ? `${open.holderName} has it by now` : 'nobody has it any more'
  return notAsSeen(now)
}

/**
 * Takes a device that nobody has. A lead takes it over from whoever has it, or from whoever it waits for, with a reason:
 * from those who stood there when the reason was typed, and from no others.
 */
export async function takeDevice(
  db: Db,
  actor: Actor,
  input: { deviceId: string; place: string; over?: TakenOver | undefined },
  now: Date,
): Promise<{ status: 'taken' } | Refusal> {
  const { over } = input
  const reason = over?.reason.trim()
  const no =
    forbidden(actor, 'handOverDevice') ??
    badPlace(input.place) ??
    (reason === undefined ? undefined : reasonRefusal(reason))
  if (no) return no
  return onDevice(db, { ...actor, reason }, input.deviceId, async (tx, found) => {
    const { device, open, pending, now: at } = found
    const why = over
      ? (otherHolder(open, over) ?? otherHandOver(pending, over) ?? whyNotTakeOver(at, actor))
      : whyNotTake(at, actor)
    if (why) return refused(why)
    if (pending) await withdrawWaiting(tx, actor, pending.id, `taken over: ${reason}`, now)
    if (open) await endCustody(tx, open.id, endedBy(actor, now))
    await insertCustody(tx, {
      ...{ deviceId: device.id, holderId: actor.id, holderName: actor.name },
      ...{ place: input.place.trim(), since: now, reason: reason ?? null },
      began: reason === undefined ? 'taken' : 'takenOver',
    })
    return { status: 'taken' as const }
  })
}

/** Puts the device back: nobody has it from then on, and its page says where it is. */
export async function putBackDevice(
  db: Db,
  actor: Actor,
  { deviceId, place }: { deviceId: string; place: string },
  now: Date,
): Promise<{ status: 'putBack' } | Refusal> {
  const no = forbidden(actor, 'handOverDevice') ?? badPlace(place)
  if (no) return no
  return onDevice(db, actor, deviceId, async (tx, { device, open, now: at }) => {
    const why = whyNotPutBack(at, actor)
    if (why || !open) return refused(why ?? 'Nobody has it.')
    await endCustody(tx, open.id, endedBy(actor, now))
    await updateDevice(tx, device.id, {
      ...{ location: place.trim(), updatedAt: now, updatedBy: actor.name },
    })
    return { status: 'putBack' as const }
  })
}
