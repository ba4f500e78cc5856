import { exactTime } from '../text/instant'
import { isClosed, type TrialState } from '../trial/trial'
import { type BookingFacts, bookingStateAt, bookingStateInfo } from './booking'
import type { CalendarEntry } from './lab-calendar'

export type BookedEntry = BookingFacts & {
  id: string
  deviceId: string
  labTag: string
  protocolTitle: string
  target: string
  bookedAt: Date
  bookedByName: string
  endedAt: Date | null
  endedByName: string | null
  endReason: string | null
  trial:
    | ({ id: string; number: number; draftedAt: Date } & NonNullable<BookingFacts['trial']>)
    | undefined
}

/** A booking; one that lapsed took place as little as one that was withdrawn. */
export function bookingEntry(booking: BookedEntry, now: Date): CalendarEntry {
  const { id, deviceId, labTag, protocolTitle, target, bookedByName, trial, endedAt } = booking
  const state = bookingStateAt(booking, now)
  const { word, meaning } = bookingStateInfo[state]
  const changes = [booking.bookedAt, trial?.draftedAt, endedAt].filter((at) => at instanceof Date)
  const lapsed = state === 'lapsed'
  const ended =
    booking.endedByName &&
    `${booking.endedByName}${booking.endReason ? `: ${booking.endReason}` : ''}`
  return {
    uid: `booking-${id}@oneway`,
    kind: 'booking',
    when: { from: booking.startsAt, to: booking.endsAt },
    title: `${labTag}: ${protocolTitle} to ${target}, ${bookedByName}`,
    notes: [`${word}: ${meaning}`, ...(ended ? [`Ended by ${ended}`] : [])],
    device: { id: deviceId, labTag },
    about: trial
      ? { kind: 'trial', id: trial.id, name: `T-${trial.number}` }
      : { kind: 'device', id: deviceId, name: labTag },
    status: ['lapsed', 'withdrawn', 'takenOver'].includes(state) ? 'cancelled' : 'confirmed',
    sequence: changes.length - 1 + Number(lapsed),
    changedAt: lapsed ? booking.endsAt : newest(changes),
  }
}

const newest = (times: readonly Date[]): Date =>
  new Date(Math.max(...times.map((at) => at.getTime())))

type HeldDevice = {
  id: string
  labTag: string
  reason: string
  by: string | null
  since: Date | null
  until: Date | null
}

/** A lead's reservation of a device. One made before ends were required has neither time. */
export const reservationEntry = ({
  id,
  labTag,
  reason,
  by,
  since,
  until,
}: HeldDevice): CalendarEntry => ({
  uid: `reservation-${id}-${since?.getTime() ?? 0}@oneway`,
  kind: 'reservation',
  when: { from: since ?? new Date(0), to: until ?? undefined },
  title: `${labTag}: reserved for a later question`,
  notes: [reason, ...(by ? [`Reserved by ${by}`] : [])],
  device: { id, labTag },
  about: { kind: 'device', id, name: labTag },
  ...{ status: 'confirmed', sequence: 0, changedAt: since ?? new Date(0) },
})

type EndedReservation = {
  deviceId: string
  labTag: string
  reason: string
  reservedByName: string | null
  since: Date
  until: Date
  endedAt: Date
  endedByName: string | null
}

/** The same entry once it has ended: as it was where its time was over, cancelled where somebody released it before. */
export function endedReservationEntry(ended: EndedReservation): CalendarEntry {
  const { deviceId: id, labTag, reason, reservedByName: by, since, until, endedAt } = ended
  const entry = reservationEntry({ id, labTag, reason, by, since, until })
  if (endedAt >= until) return entry
  const notes = [...entry.notes, `Released by ${ended.endedByName}`]
  return { ...entry, notes, status: 'cancelled', sequence: 1, changedAt: endedAt }
}

type CalendarTrial = {
  id: string
  number: number
  state: TrialState
  deviceId: string
  labTag: string
  protocolTitle: string
  registeredAt: Date
  registeredBy: string | null
  deadlineAt: Date | null
  concludedAt: Date | null
  /** The newest event of its record. */
  changedAt: Date
}

/**
 * A trial from its registration on, which is when it has the device, until its deadline or its end. One that still goes on
 * has no end before now.
 */
export function trialEntry(trial: CalendarTrial, now: Date): CalendarEntry {
  const { id, number, state, deviceId, labTag, protocolTitle, deadlineAt, changedAt } = trial
  const closed = isClosed(state)
  const deadline = deadlineAt && deadlineAt > now ? deadlineAt : undefined
  return {
    uid: `trial-${id}@oneway`,
    kind: 'trial',
    when: { from: trial.registeredAt, to: closed ? (trial.concludedAt ?? changedAt) : deadline },
    title: `${labTag}: T-${number}, ${protocolTitle}`,
    notes: [
      `The trial is ${state}.`,
      ...(deadlineAt && !closed ? [`Deadline ${exactTime(deadlineAt)}`] : []),
      ...(trial.registeredBy ? [`Registered by ${trial.registeredBy}`] : []),
    ],
    device: { id: deviceId, labTag },
    about: { kind: 'trial', id, name: `T-${number}` },
    status: closed && state !== 'concluded' ? 'cancelled' : 'confirmed',
    sequence: Math.max(0, Math.floor((changedAt.getTime() - trial.registeredAt.getTime()) / 1000)),
    changedAt,
  }
}
