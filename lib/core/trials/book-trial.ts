import type { Db } from '@/lib/db/client'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { currentState } from '@/lib/db/queries/devices/readings'
import {
  type Booking,
  endBookings,
  findBooking,
  insertBooking,
  listOverlapping,
} from '@/lib/db/queries/planning/bookings'
import { endWaitOf } from '@/lib/db/queries/planning/queue'
import { getLabSettings } from '@/lib/db/queries/settings'
import { listVersionEvents } from '@/lib/db/queries/trials/protocol-life'
import { findProtocolVersion } from '@/lib/db/queries/trials/protocols'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { endInWords, isHeld } from '@/lib/domain/device/hold'
import {
  bookingStateAt,
  bookingStateInfo,
  isAhead,
  isOver,
  readWindow,
  targetProblem,
} from '@/lib/domain/planning/booking'
import { notForTrials } from '@/lib/domain/trial/protocol-life'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'
import { bookingInWords } from './booked-device'
import { draftTrial, type Prepared } from './prepare-trial'

export type BookTrial = {
  deviceId: string
  protocolVersionId: string
  target: string
  expectation: string
  /** As typed, by the clocks of the lab's time zone. */
  startsAt: string
  endsAt: string
}

/**
 * Books a trial: a device for one protocol and target in a window of time. Refused, with who has it and until when,
 * where another booking of the device or a lead's reservation is in the way; the database refuses overlapping windows
 * as well.
 */
export async function bookTrial(
  db: Db,
  actor: Actor,
  input: BookTrial,
  now: Date,
): Promise<{ status: 'booked'; bookingId: string } | Refusal> {
  const no = forbidden(actor, 'bookTrial')
  if (no) return no
  const [target, expectation] = [input.target.trim(), input.expectation.trim()]
  if (expectation === '')
    return refused('Write down what you expect to see; the draft takes it over.', 'expectation')
  return transact(db, actor, async (tx) => {
    const device = await lockDeviceRow(tx, input.deviceId)
    if (!device) return refused('There is no such device.', 'deviceId')
    if (device.retiredAt) return refused('The device is retired.', 'deviceId')
    const { timeZone } = await getLabSettings(tx)
    const window = readWindow(input, timeZone, now)
    if (!window.ok) return refused(window.reason, window.field)
    const wrong = await planProblem(tx, device, { ...input, target })
    if (wrong) return wrong
    // What was typed as "now" begins when it is pressed, and not within what has just ended.
    const startsAt = window.startsAt < now ? now : window.startsAt
    const taken = await makeRoom(tx, actor, device, { startsAt, endsAt: window.endsAt }, now)
    if (taken) return taken
    const { deviceId, protocolVersionId } = input
    const bookingId = await insertBooking(tx, {
      ...{ deviceId, protocolVersionId, target, expectation, startsAt, endsAt: window.endsAt },
      ...{ bookedAt: now, bookedById: actor.id, bookedByName: actor.name },
    })
    await endWaitOf(tx, { deviceId, person: actor, now })
    return { status: 'booked' as const, bookingId }
  })
}

async function planProblem(
  tx: Db,
  device: DeviceRow,
  { protocolVersionId, target }: Pick<BookTrial, 'protocolVersionId' | 'target'>,
): Promise<Refusal | undefined> {
  const version = await findProtocolVersion(tx, protocolVersionId)
  if (!version) return refused('There is no such version of a protocol.', 'protocolVersionId')
  const events = await listVersionEvents(tx, [version.id])
  // One that waits for its review can be booked, as it can be drafted with.
  if (events.some(({ kind }) => kind === 'retired'))
    return refused(
      `${notForTrials({ ...version, events })}. Choose another.`.replace(/^v/, 'V'),
      'protocolVersionId',
    )
  const { osVersion } = await currentState(tx, device.id)
  const wrong = targetProblem(target, version.plan, osVersion?.value)
  return wrong && refused(wrong.reason, wrong.field)
}

/** Refuses a window in which the device is not free. The rest of a booking whose trial has ended is free. */
async function makeRoom(
  tx: Db,
  actor: Actor,
  device: DeviceRow,
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
  now: Date,
): Promise<Refusal | undefined> {
  if (isHeld(device, startsAt))
    return refused(
      `${device.heldBy ?? 'A lead'} has reserved it for a later question, ${endInWords(device.holdUntil)}: ${device.holdReason}. Accepted: a time after that.`,
      'startsAt',
    )
  const overlapping = await listOverlapping(tx, device.id, { from: startsAt, to: endsAt })
  const over = overlapping.filter(isOver)
  const other = overlapping.find((one) => !over.includes(one))
  if (other)
    return refused(
      `${await bookingInWords(tx, other)}. Accepted: a time before or after that, or another device.`,
      'startsAt',
    )
  await endBookings(
    tx,
    over.map(({ id }) => id),
    { kind: 'givenBack', person: actor, now },
  )
  return undefined
}

/** Withdraws a booking that has not become a trial. Another person's is withdrawn by a lead, who says why. */
export async function withdrawBooking(
  db: Db,
  actor: Actor,
  input: { bookingId: string; reason?: string | undefined },
  now: Date,
): Promise<{ status: 'withdrawn' } | Refusal> {
  const no = forbidden(actor, 'bookTrial')
  if (no) return no
  const reason = input.reason?.trim() || undefined
  return transact(db, { ...actor, reason }, async (tx) => {
    const booking = await lockBooking(tx, input.bookingId)
    if (!booking) return refused('There is no such booking.')
    if (!isAhead(booking, now))
      return refused(
        `Nothing is left to withdraw: the booking is ${bookingStateInfo[bookingStateAt(booking, now)].word}.`,
      )
    if (booking.bookedById !== actor.id) {
      const not = forbidden(actor, 'manageBookings') ?? reasonRefusal(reason ?? '')
      if (not) return not
    }
    await endBookings(tx, [booking.id], { kind: 'withdrawn', reason, person: actor, now })
    return { status: 'withdrawn' as const }
  })
}

/** The booking as it is while its device is locked, which every change of a booking waits for. */
async function lockBooking(tx: Db, bookingId: string): Promise<Booking | undefined> {
  const found = await findBooking(tx, bookingId)
  if (!found) return undefined
  await lockDeviceRow(tx, found.deviceId)
  return findBooking(tx, bookingId)
}

/** Drafts the trial of a booking, with what the booking says. Only whoever booked it does that, or a lead. */
export async function draftBooking(
  db: Db,
  actor: Actor,
  { bookingId }: { bookingId: string },
  now: Date,
): Promise<Prepared | Refusal> {
  const no = forbidden(actor, 'bookTrial')
  if (no) return no
  const booking = await findBooking(db, bookingId)
  if (!booking) return refused('There is no such booking.')
  const { deviceId, protocolVersionId, expectation } = booking
  return draftTrial(db, actor, { deviceId, protocolVersionId, expectation, bookingId }, now)
}
