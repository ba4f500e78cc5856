import type { Db } from '@/lib/db/client'
import {
  type Booking,
  endBookings,
  findBooking,
  findKeeping,
  linkTrial,
} from '@/lib/db/queries/planning/bookings'
import { endWaitOf } from '@/lib/db/queries/planning/queue'
import { getLabSettings } from '@/lib/db/queries/settings'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import { bookingStateAt, bookingStateInfo, mayBecomeTrial } from '@/lib/domain/planning/booking'
import { windowInWords } from '@/lib/domain/text/lab-time'
import { advanceTrial } from '../kernel/advance-trial'
import { assertAllowed, forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

type Draft = {
  deviceId: string
  protocolVersionId: string
  /** The booking that becomes this trial. */
  bookingId?: string | undefined
  takeOver?: TakeOver | undefined
}

/** The booking that a lead was shown and takes the device over from, and why. */
export type TakeOver = { bookingId: string; reason: string }

/** The booking that becomes the trial, and the one of somebody else that a lead takes over for it. */
export type DeviceClaim = { own: Booking | undefined; taken: Booking | undefined }

/** "Bob has booked B-01 for “Download, then install” to 12.1, 2026-11-30 09:30 to 12:00 Europe/Berlin" */
export async function bookingInWords(tx: Db, booking: Booking): Promise<string> {
  const { bookedByName, labTag, protocolTitle, target, startsAt, endsAt } = booking
  const { timeZone } = await getLabSettings(tx)
  return `${bookedByName} has booked ${labTag} for “${protocolTitle}” to ${target}, ${windowInWords(startsAt, endsAt, timeZone)}`
}

/**
 * Whether a trial may be drafted on a device whose row is locked: not while somebody else has booked it, unless a lead
 * takes it over with a reason. A booking of one's own for the same protocol becomes the trial.
 */
export async function claimForDraft(
  tx: Db,
  actor: Actor,
  draft: Draft,
  now: Date,
): Promise<DeviceClaim | Refusal> {
  const keeping = await findKeeping(tx, { deviceId: draft.deviceId, now })
  const own =
    draft.bookingId === undefined
      ? becomes(keeping, actor, draft, now)
      : await readOwn(tx, actor, draft.bookingId, now)
  if (own && 'status' in own) return own
  if (!keeping || keeping.id === own?.id || keeping.bookedById === actor.id)
    return { own, taken: undefined }
  const who = await bookingInWords(tx, keeping)
  if (draft.takeOver === undefined)
    return refused(
      `${who}. ${
        mayDo(actor, 'manageBookings')
          ? 'Say why you take it over, or draft after that.'
          : 'Draft after that, or ask a lead to take it over.'
      }`,
      'deviceId',
    )
  const no = forbidden(actor, 'manageBookings') ?? reasonRefusal(draft.takeOver.reason)
  if (no) return { ...no, field: no.field && 'takeOver' }
  return draft.takeOver.bookingId === keeping.id
    ? { own, taken: keeping }
    : refused(`${who}. Your reason is for another booking: look at this one first.`, 'takeOver')
}

/** The booking of somebody else that keeps a device now, and what it is in words; undefined if there is none. */
export async function findBookedByOther(
  db: Db,
  actor: Actor,
  { deviceId }: { deviceId: string },
  now: Date,
): Promise<{ bookingId: string; words: string } | undefined> {
  assertAllowed(actor, 'look')
  const keeping = await findKeeping(db, { deviceId, now })
  if (!keeping || keeping.bookedById === actor.id) return undefined
  return { bookingId: keeping.id, words: await bookingInWords(db, keeping) }
}

/** The booking, if it is one's own for the same protocol and may become this trial. */
const becomes = (
  booking: Booking | undefined,
  actor: Actor,
  { protocolVersionId }: Pick<Draft, 'protocolVersionId'>,
  now: Date,
): Booking | undefined =>
  booking?.bookedById === actor.id &&
  booking.protocolVersionId === protocolVersionId &&
  mayBecomeTrial(booking, now)
    ? booking
    : undefined

async function readOwn(
  tx: Db,
  actor: Actor,
  bookingId: string,
  now: Date,
): Promise<Booking | Refusal> {
  const booking = await findBooking(tx, bookingId)
  if (!booking) return refused('There is no such booking.', 'bookingId')
  if (booking.bookedById !== actor.id && !mayDo(actor, 'manageBookings'))
    return refused(`${await bookingInWords(tx, booking)}: that trial is theirs to draft.`)
  if (mayBecomeTrial(booking, now)) return booking
  return refused(
    booking.trial
      ? `This booking became T-${booking.trial.number} already.`
      : `This booking can become no trial: it is ${bookingStateInfo[bookingStateAt(booking, now)].word}.`,
  )
}

/** Ties a new draft to its booking, ends the person's wait for the device, and ends the booking that a lead has taken over for it, with the reason. */
export async function useClaim(
  tx: Db,
  actor: Actor,
  trial: Trial,
  { own, taken, reason }: DeviceClaim & { reason: string | undefined },
  now: Date,
): Promise<void> {
  if (own) await linkTrial(tx, own.id, trial.id)
  await endWaitOf(tx, { deviceId: trial.deviceId, person: actor, now })
  if (!taken) return
  const why = reason?.trim()
  const text = `Taken over: ${await bookingInWords(tx, taken)}. Reason: ${why}`
  // Only now is it a reason of what is written: typed for a booking that has gone meanwhile, it is none.
  await transact(tx, { ...actor, reason: why }, async () => {
    await endBookings(tx, [taken.id], { kind: 'takenOver', reason: why, person: actor, now })
    const recorded = { kind: 'recorded', text, data: { bookingId: taken.id } } as const
    await advanceTrial(tx, trial, recorded, actor, now)
  })
}

/**
 * Why a drafted trial cannot be registered now: the device, whose row is locked, is booked for another trial. A booking of
 * one's own for the same protocol becomes this trial; the database holds the rule (lib/db/sql/guards/guard_booked_device.sql).
 */
export async function claimForRegistration(
  tx: Db,
  actor: Actor,
  trial: Trial,
  now: Date,
): Promise<Refusal | undefined> {
  const keeping = await findKeeping(tx, { deviceId: trial.deviceId, now })
  if (!keeping || keeping.trial?.id === trial.id) return undefined
  if (becomes(keeping, actor, trial, now)) {
    await linkTrial(tx, keeping.id, trial.id)
    return undefined
  }
  const what =
    keeping.bookedById === actor.id
      ? 'Draft the trial from that booking, or withdraw it.'
      : 'Register after that, or ask a lead to withdraw the booking.'
  return refused(`${await bookingInWords(tx, keeping)}. ${what}`)
}
