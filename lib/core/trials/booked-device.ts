import type { Db } from '@/lib/db/client'
import {
  type Booking,
  endBookings,
  findBooking,
  linkTrial,
  listBookingsAt,
} from '@/lib/db/queries/planning/bookings'
import { endWaitOf } from '@/lib/db/queries/planning/queue'
import { getLabSettings } from '@/lib/db/queries/settings'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import {
  bookingStateAt,
  bookingStateInfo,
  keepsDevice,
  mayBecomeTrial,
} from '@/lib/domain/planning/booking'
import { windowInWords } from '@/lib/domain/text/lab-time'
import { advanceTrial } from '../kernel/advance-trial'
import { assertAllowed, forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

type Draft = {
  deviceId: string
  protocolVersionId: string
  /** The booking that becomes this trial. */
  bookingId?: string | undefined
  /** Why a lead takes the device over from whoever has booked it now. */
  takeOver?: string | undefined
}

export type DeviceClaim = { own: Booking | undefined; taken: Booking[] }

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
  const here = await listBookingsAt(tx, { deviceId: draft.deviceId, now })
  const keeping = here.filter((one) => keepsDevice(one, now))
  const own =
    draft.bookingId === undefined
      ? keeping.find((one) => isFor(one, actor, draft) && mayBecomeTrial(one, now))
      : await readOwn(tx, actor, draft.bookingId, now)
  if (own && 'status' in own) return own
  const others = keeping.filter(({ id, bookedById }) => id !== own?.id && bookedById !== actor.id)
  const [other] = others
  if (!other) return { own, taken: [] }
  const who = await bookingInWords(tx, other)
  if (draft.takeOver === undefined)
    return refused(
      `${who}. ${
        mayDo(actor, 'manageBookings')
          ? 'Say why you take it over, or draft after that.'
          : 'Draft after that, or ask a lead to take it over.'
      }`,
      'deviceId',
    )
  const no = forbidden(actor, 'manageBookings') ?? reasonRefusal(draft.takeOver)
  return no ? { ...no, field: no.field && 'takeOver' } : { own, taken: others }
}

/** Who else has booked a device now, in words; undefined if nobody has. */
export async function findBookedByOther(
  db: Db,
  actor: Actor,
  { deviceId }: { deviceId: string },
  now: Date,
): Promise<string | undefined> {
  assertAllowed(actor, 'look')
  const here = await listBookingsAt(db, { deviceId, now })
  const other = here.find((one) => keepsDevice(one, now) && one.bookedById !== actor.id)
  return other && bookingInWords(db, other)
}

const isFor = ({ bookedById, protocolVersionId }: Booking, actor: Actor, draft: Draft): boolean =>
  bookedById === actor.id && protocolVersionId === draft.protocolVersionId

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

/** Ties a new draft to its booking, ends the person's wait for the device, and ends the bookings that a lead has taken over for it, with the reason. */
export async function useClaim(
  tx: Db,
  actor: Actor,
  trial: Trial,
  { own, taken, reason }: DeviceClaim & { reason: string | undefined },
  now: Date,
): Promise<void> {
  if (own) await linkTrial(tx, own.id, trial.id)
  await endWaitOf(tx, { deviceId: trial.deviceId, person: actor, now })
  await endBookings(
    tx,
    taken.map(({ id }) => id),
    {
      ...{ endKind: 'takenOver', endReason: reason?.trim() ?? null },
      ...{ endedAt: now, endedById: actor.id, endedByName: actor.name },
    },
  )
  for (const booking of taken) {
    const text = `Taken over: ${await bookingInWords(tx, booking)}. Reason: ${reason?.trim()}`
    await advanceTrial(
      tx,
      trial,
      { kind: 'recorded', text, data: { bookingId: booking.id } },
      actor,
      now,
    )
  }
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
  const here = await listBookingsAt(tx, { deviceId: trial.deviceId, now })
  const other = here.find((one) => keepsDevice(one, now) && one.trial?.id !== trial.id)
  if (!other) return undefined
  if (isFor(other, actor, trial) && mayBecomeTrial(other, now)) {
    await linkTrial(tx, other.id, trial.id)
    return undefined
  }
  const what =
    other.bookedById === actor.id
      ? 'Draft the trial from that booking, or withdraw it.'
      : 'Register after that, or ask a lead to withdraw the booking.'
  return refused(`${await bookingInWords(tx, other)}. ${what}`)
}
