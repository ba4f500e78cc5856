import { randomUUID } from 'node:crypto'
import { exportBookings } from '@/lib/core/record/export-plan'
import { now } from '@/lib/core/testing/people'
import { bookTrial, draftBooking, withdrawBooking } from '@/lib/core/trials/book-trial'
import { findBookedByOther } from '@/lib/core/trials/booked-device'
import { joinQueue, leaveQueue, moveInQueue } from '@/lib/core/trials/queue'
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
  'queue.joinQueue': (db, actor, { deviceId, protocolVersionId }) =>
    joinQueue(db, actor, { deviceId, protocolVersionId, priority: 'usual' }, now),
  'queue.leaveQueue': (db, actor) => leaveQueue(db, actor, { entryId: randomUUID() }, now),
  'queue.moveInQueue': (db, actor) =>
    moveInQueue(db, actor, { entryId: randomUUID(), to: 'up' }, now),
  'export-plan.exportBookings': (db, actor) =>
    exportBookings(db, actor, { environment: 'real', device: undefined, bom: false }, now),
  'booked-device.findBookedByOther': (db, actor, { deviceId }) =>
    findBookedByOther(db, actor, { deviceId }, now),
}
