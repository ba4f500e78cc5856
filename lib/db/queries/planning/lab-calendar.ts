import { and, asc, eq, gt, inArray, isNotNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import {
  bookingEntry,
  endedReservationEntry,
  reservationEntry,
  trialEntry,
} from '@/lib/domain/planning/calendar-entries'
import type { CalendarEntry } from '@/lib/domain/planning/lab-calendar'
import { liveTrialStates } from '@/lib/domain/trial/trial'
import { listBookings } from './bookings'
import { listEndedReservations } from './reservations'
import { tagOf } from './unused-devices'
import { listVerificationEntries } from './verification'

type Asked = {
  environment: Environment
  /** Only what is about this device. */
  deviceId?: string | undefined
  /** What touches this time. */
  from: Date
  to: Date
  /** Whether what came to nothing is wanted too, as a calendar program must be told of it. */
  cancelled: boolean
}

/** Everything that a calendar of the lab, or of one device, shows of a time. */
export async function loadLabCalendar(db: Db, asked: Asked, now: Date): Promise<CalendarEntry[]> {
  const [booked, held, ended, run, checks] = await Promise.all([
    listBookings(db, asked),
    listReservations(db, asked, now),
    listEndedReservations(db, asked),
    listTrials(db, asked),
    listVerificationEntries(db, asked.environment, now, asked.deviceId),
  ])
  const entries = [
    ...booked.map((one) => bookingEntry(one, now)),
    ...held.map(reservationEntry),
    ...ended.map(endedReservationEntry),
    ...run.map((one) => trialEntry(one, now)),
    ...checks,
  ]
  return entries.filter(({ status }) => asked.cancelled || status !== 'cancelled')
}

const ofDevice = ({ environment, deviceId }: Asked): SQL | undefined =>
  and(
    eq(devices.simulated, environment === 'simulated'),
    deviceId === undefined ? undefined : eq(devices.id, deviceId),
  )

async function listReservations(db: Db, asked: Asked, now: Date) {
  return db
    .select({
      id: devices.id,
      labTag: tagOf,
      reason: sql<string>`${devices.holdReason}`,
      ...{ by: devices.heldBy, since: devices.heldAt, until: devices.holdUntil },
    })
    .from(devices)
    .where(
      and(
        ofDevice(asked),
        isNotNull(devices.holdReason),
        // What has ended by itself still stands in the row, and was there until then.
        or(sql`${devices.holdUntil} is null`, gt(devices.holdUntil, asked.from)),
        or(sql`${devices.heldAt} is null`, lt(devices.heldAt, asked.to)),
        or(sql`${devices.retiredAt} is null`, gt(devices.retiredAt, now)),
      ),
    )
    .orderBy(asc(devices.id))
}

/** Trials that have their device now; with what came to nothing, also those that ended within the time. */
async function listTrials(db: Db, asked: Asked) {
  const changedAt = sql<string>`(select max(at) from trial_events e where e.trial_id = ${trials.id})`
  const live = inArray(trials.state, [...liveTrialStates])
  const rows = await db
    .select({
      ...{ id: trials.id, number: trials.number, state: trials.state, deviceId: trials.deviceId },
      ...{ registeredBy: trials.registeredBy, deadlineAt: trials.deadlineAt },
      ...{ registeredAt: trials.registeredAt, concludedAt: trials.concludedAt },
      labTag: tagOf,
      protocolTitle: sql<string>`${protocolVersions.plan} ->> 'title'`,
      changedAt,
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(
      and(
        ofDevice(asked),
        isNotNull(trials.registeredAt),
        lt(trials.registeredAt, asked.to),
        asked.cancelled ? or(live, gt(trials.concludedAt, asked.from)) : live,
      ),
    )
    .orderBy(asc(trials.number))
  return rows.flatMap(({ registeredAt, changedAt: changed, ...trial }) =>
    registeredAt ? [{ ...trial, registeredAt, changedAt: new Date(changed) }] : [],
  )
}
