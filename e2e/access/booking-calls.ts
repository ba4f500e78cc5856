import { randomUUID } from 'node:crypto'
import { exportBookings } from '@/lib/core/record/export-plan'
import { now } from '@/lib/core/testing/people'
import { bookTrial, draftBooking, withdrawBooking } from '@/lib/core/trials/book-trial'
import { findBookedByOther } from '@/lib/core/trials/booked-device'
import type { Call } from './calls'

const booking = () => ({ bookingId: randomUUID() })

/** One call of each service of bookings. */
export const bookingCalls: Record<string, Call> = {
  'book-trial.bookTrial': (db, actor, { deviceId, protocolVersionId }) => {
    const window = { startsAt: '2026-03-02T09:00', endsAt: '2026-03-02T10:00' }
    const what = { target: '99.9', expectation: 'It installs.' }
    return bookTrial(db, actor, { deviceId, protocolVersionId, ...what, ...window }, now)
  },
  'book-trial.draftBooking': (db, actor) => draftBooking(db, actor, booking(), now),
  'book-trial.withdrawBooking': (db, actor) => withdrawBooking(db, actor, booking(), now),
  'export-plan.exportBookings': (db, actor) =>
    exportBookings(db, actor, { environment: 'real', device: undefined, bom: false }, now),
  'booked-device.findBookedByOther': (db, actor, { deviceId }) =>
    findBookedByOther(db, actor, { deviceId }, now),
}
