import { compareVersions, parseVersion } from '../device/os-version'
import { readLabTime } from '../text/lab-time'
import { targetVersionOf } from '../trial/mechanism'
import type { ProtocolPlan } from '../trial/protocol'
import { isClosed, type TrialState } from '../trial/trial'

/**
 * How a booking ended before its window did: `withdrawn` by whoever made it or by a lead, `takenOver` by a lead who used
 * the device for another trial, `givenBack` because its own trial had ended and somebody else booked the rest.
 */
export const bookingEnds = ['withdrawn', 'takenOver', 'givenBack'] as const
type BookingEnd = (typeof bookingEnds)[number]

/** Longer keeps a device from everybody else; what is kept for a later question is a lead's reservation. */
export const maxBookingDays = 14
/** How far ahead a booking may begin. */
const maxBookingAheadDays = 366

const dayMs = 86_400_000
/** Who books a device that lies before them may need a while for the form. */
const maxStartAgoMs = 3_600_000

/** The trial that a booking became, as far as the booking depends on it. */
export type BookedTrial = { state: TrialState; releasedAt: Date | null }

export type BookingFacts = {
  startsAt: Date
  endsAt: Date
  endKind: BookingEnd | null
  /** Undefined while no trial was drafted from it. */
  trial?: BookedTrial | undefined
}

export const bookingStates = ['planned', 'current', 'used', 'lapsed', ...bookingEnds] as const
export type BookingState = (typeof bookingStates)[number]

/** The word of each state, and what it means. */
export const bookingStateInfo: Record<BookingState, { word: string; meaning: string }> = {
  planned: { word: 'planned', meaning: 'Its window is still to come' },
  current: {
    word: 'current',
    meaning: 'Its window runs; it lapses at its end unless its trial was released',
  },
  used: { word: 'used', meaning: 'Its trial was released within the window' },
  lapsed: { word: 'lapsed', meaning: 'Its window ended before a trial was released' },
  withdrawn: { word: 'withdrawn', meaning: 'Withdrawn before it was used' },
  takenOver: { word: 'taken over', meaning: 'A lead used the device for another trial' },
  givenBack: { word: 'given back', meaning: 'Its trial had ended, and the rest was booked anew' },
}

/**
 * What a booking is at an instant. It lapses at its end unless the starting state was confirmed within its window: its
 * trial was released before then, in the one transaction that judges the device and freezes its readings. That a
 * booking which nobody uses must lapse by itself: https://github.com/labgrid-project/labgrid/pull/1884.
 */
export function bookingStateAt(booking: BookingFacts, now: Date): BookingState {
  const { startsAt, endsAt, endKind, trial } = booking
  if (endKind !== null) return endKind
  if (trial?.releasedAt && trial.releasedAt < endsAt) return 'used'
  if (now >= endsAt) return 'lapsed'
  return now < startsAt ? 'planned' : 'current'
}

/** Whether the trial that used it has ended, so that the device is free before its window is over. */
export const isOver = ({ trial }: Pick<BookingFacts, 'trial'>): boolean =>
  trial !== undefined && trial.releasedAt !== null && isClosed(trial.state)

/**
 * Whether a booking keeps its device from every other trial now: within its window, until the trial that used it has
 * ended. lib/db/sql/guards/guard_booked_device.sql asks the same of the time of a registration.
 */
export function keepsDevice(booking: BookingFacts, now: Date): boolean {
  const { startsAt, endsAt, endKind } = booking
  return endKind === null && startsAt <= now && now < endsAt && !isOver(booking)
}

/** Whether its window is still to come or has begun, and nothing has used or ended it. */
export const isAhead = (booking: BookingFacts, now: Date): boolean =>
  ['planned', 'current'].includes(bookingStateAt(booking, now))

/** Whether it can become a trial: it has not ended, and no trial of it goes on or was released. */
export const mayBecomeTrial = (booking: BookingFacts, now: Date): boolean =>
  isAhead(booking, now) && (booking.trial === undefined || isClosed(booking.trial.state))

export type FieldProblem = { field: 'startsAt' | 'endsAt' | 'target'; reason: string }

export type Window = { startsAt: Date; endsAt: Date }

/** The typed window, in the lab's time zone; or what is wrong with it, at its field. */
export function readWindow(
  typed: { startsAt: string; endsAt: string },
  zone: string,
  now: Date,
): ({ ok: true } & Window) | ({ ok: false } & FieldProblem) {
  const [from, to] = [readLabTime(typed.startsAt, zone), readLabTime(typed.endsAt, zone)]
  if (!from.ok) return { ok: false, field: 'startsAt', reason: from.reason }
  if (!to.ok) return { ok: false, field: 'endsAt', reason: to.reason }
  const window = { startsAt: from.at, endsAt: to.at }
  const problem = windowProblem(window, now)
  return problem ? { ok: false, ...problem } : { ok: true, ...window }
}

/** Why nothing can be booked for this window; undefined if it can. A window that runs already may be booked. */
function windowProblem({ startsAt, endsAt }: Window, now: Date): FieldProblem | undefined {
  const length = endsAt.getTime() - startsAt.getTime()
  if (endsAt <= now)
    return {
      field: 'endsAt',
      reason: 'This is in the past. Accepted: an end that is still to come.',
    }
  if (length <= 0)
    return { field: 'endsAt', reason: 'The end is not after the start. Accepted: a later time.' }
  if (startsAt.getTime() < now.getTime() - maxStartAgoMs)
    return {
      field: 'startsAt',
      reason: 'This is more than an hour ago. Accepted: now, or a time to come.',
    }
  if (length > maxBookingDays * dayMs)
    return {
      field: 'endsAt',
      reason: `A booking is for ${maxBookingDays} days at most. For longer, a lead reserves the device.`,
    }
  if (startsAt.getTime() > now.getTime() + maxBookingAheadDays * dayMs)
    return { field: 'startsAt', reason: 'This is more than a year ahead. Accepted: a time sooner.' }
  return undefined
}

/** The version that a protocol itself aims at, with its last command; undefined where it names none. */
export const targetOfPlan = ({ slots }: Pick<ProtocolPlan, 'slots'>): string | undefined =>
  slots.map(targetVersionOf).at(-1)

/**
 * Why a trial of this plan cannot have this target on the device; undefined if it can. The OS of the device may be
 * unknown, and the device may have another one by then: only a target that is behind it already is refused.
 */
export function targetProblem(
  target: string,
  plan: Pick<ProtocolPlan, 'slots'>,
  osVersion: string | undefined,
): FieldProblem | undefined {
  const version = parseVersion(target)
  const no = (reason: string): FieldProblem => ({ field: 'target', reason })
  if (!version) return no(`"${target}" is not a version. Accepted: one such as 12.1.`)
  const named = parseVersion(targetOfPlan(plan) ?? '')
  if (named && compareVersions(named, version) !== 0)
    return no(`The protocol is for ${targetOfPlan(plan)}. Accepted: that version.`)
  const now = parseVersion(osVersion ?? '')
  if (now && compareVersions(version, now) <= 0)
    return no(`The device is on ${osVersion} already. Accepted: a newer version.`)
  return undefined
}
