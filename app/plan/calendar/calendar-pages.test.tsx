import { MantineProvider } from '@mantine/core'
import { prerender } from 'react-dom/static'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import BookPage from '@/app/devices/[id]/book/page'
import { Bookings } from '@/app/devices/[id]/bookings'
import { readWeeks } from '@/app/devices/[id]/weeks'
import { holdDevice } from '@/lib/core/devices/hold-device'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, lead, must, now as noon } from '@/lib/core/testing/people'
import { reviewedProtocol } from '@/lib/core/testing/trial'
import { bookTrial, withdrawBooking } from '@/lib/core/trials/book-trial'
import { draftTrial, registerTrial } from '@/lib/core/trials/prepare-trial'
import { joinQueue } from '@/lib/core/trials/queue'
import type { Db } from '@/lib/db/client'
import { getDevice, updateDevice } from '@/lib/db/queries/devices/devices'
import { listBookings } from '@/lib/db/queries/planning/bookings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { labField } from '@/lib/domain/text/lab-time'
import QueuePage from '../queue/page'
import CalendarPage from './page'

const authorized = vi.hoisted((): { db: Db | undefined; actor: Actor | undefined } => ({
  db: undefined,
  actor: undefined,
}))
vi.mock('@/lib/auth/guard', () => ({
  authorize: () => Promise.resolve({ actor: authorized.actor, db: authorized.db }),
}))
vi.mock('next/navigation', () => ({
  usePathname: () => '/plan',
  useRouter: () => ({ push: () => undefined, replace: () => undefined, refresh: () => undefined }),
  notFound: () => {
    throw new Error('not found')
  },
}))
vi.mock('@/components/data/live', () => ({ LiveTable: () => null }))
const actions = vi.hoisted(() => () => undefined)
vi.mock('@/app/booking-actions', () => ({
  draftBookingAction: actions,
  withdrawBookingAction: actions,
}))
vi.mock('@/app/queue-actions', () => ({
  joinQueueAction: actions,
  leaveQueueAction: actions,
  moveInQueueAction: actions,
}))
vi.mock('@/app/devices/[id]/book/actions', () => ({ bookTrialAction: actions }))

let lab: TestDb
let protocolVersionId: string
const device = { booked: '', held: '', inTrial: '' }
const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000)
const typed = (hours: number) => labField(hour(hours), 'UTC')
beforeAll(async () => {
  // The clock of the pages alone: what a day has must not depend on when the test runs.
  vi.useFakeTimers({ now: noon, toFake: ['Date'] })
  lab = await createTestDb()
  authorized.db = lab.db
  authorized.actor = engineer
  const now = new Date()
  protocolVersionId = await reviewedProtocol(lab.db, undefined, now)
  for (const which of ['booked', 'held', 'inTrial'] as const) {
    const { id } = await addDevice(lab.db, { at: now })
    await updateDevice(lab.db, id, { labTag: which })
    device[which] = id
  }
  await book(0, 2)
  must(
    await withdrawBooking(lab.db, engineer, { bookingId: await book(3, 4) }, new Date()),
    'withdrawn',
  )
  const wait = { deviceId: device.booked, protocolVersionId, priority: 'verification' } as const
  must(await joinQueue(lab.db, lead, wait, now), 'joined')
  const hold = { deviceId: device.held, reason: 'kept for 12.2', until: hour(24 * 60) }
  must(await holdDevice(lab.db, lead, hold, now), 'held')
  const draft = { deviceId: device.inTrial, protocolVersionId, expectation: 'It installs.' }
  const { trialId } = must(await draftTrial(lab.db, engineer, draft, now), 'done')
  must(await registerTrial(lab.db, engineer, { trialId }, now), 'done')
})
afterAll(async () => {
  vi.useRealTimers()
  await lab.drop()
})

async function book(from: number, to: number): Promise<string> {
  const window = { startsAt: typed(from), endsAt: typed(to) }
  const what = { deviceId: device.booked, protocolVersionId, target: '12.1' }
  const input = { ...what, ...window, expectation: 'It installs.' }
  return must(await bookTrial(lab.db, engineer, input, new Date()), 'booked').bookingId
}

async function htmlOf(shown: React.ReactNode): Promise<string> {
  const { prelude } = await prerender(<MantineProvider>{shown}</MantineProvider>)
  return (await new Response(prelude).text()).replaceAll('<!-- -->', '')
}
const textOf = async (shown: React.ReactNode) =>
  (await htmlOf(shown)).replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
const calendar = (params: Record<string, string> = {}) =>
  CalendarPage({ searchParams: Promise.resolve({ environment: 'real', ...params }) })

test('the calendar has what takes a device, of the lab or of one, and not what was withdrawn', async () => {
  const text = await textOf(await calendar())
  for (const words of ['Erin', 'reserved for a later question', 'kept for 12.2', 'T-1', '(today)'])
    expect(text).toContain(words)
  expect(text.match(/booked: Download, then install to 12\.1, Erin/g)).toHaveLength(1)
  const one = await textOf(await calendar({ device: device.held, span: 'month' }))
  expect(one).toContain('kept for 12.2')
  expect(one).not.toContain('Download, then install')
  expect(await textOf(await calendar({ day: '2031-05-05' }))).toContain('2031-05-05 to 2031-05-11')
  expect(await textOf(await calendar({ day: 'soon' }))).toContain('A value was ignored')
})

test('the device has its bookings, its queue and its next weeks; each button has a name of its own', async () => {
  const [row, now] = [await getDevice(lab.db, device.booked), new Date()]
  const shown = async (actor: Actor | undefined) =>
    htmlOf(
      <Bookings
        deviceId={row.id}
        retired={false}
        bookings={await listBookings(lab.db, { deviceId: row.id })}
        timeZone="UTC"
        at={now}
        actor={actor}
        calendar={actor && (await readWeeks(lab.db, row, now))}
      />,
    )
  const own = await shown(engineer)
  for (const words of ['current: Its window runs', 'withdrawn: Withdrawn', 'Checks a claimed fix'])
    expect(own).toContain(words)
  const names = [...own.matchAll(/aria-label="([^"]+)"/g)].map(([, name]) => name)
  expect(names.filter((name) => name?.startsWith('Draft the trial: '))).toHaveLength(1)
  expect(new Set(names).size).toBe(names.length)
  expect(await shown({ ...engineer, id: 'e9' })).not.toContain('Draft the trial')
  expect(await shown({ ...lead, role: 'viewer' })).not.toContain('Book a trial')
  expect(await shown(undefined)).not.toMatch(/<button/)
})

test('the form of a booking says what is taken and in which zone its times are', async () => {
  const text = await textOf(await BookPage({ params: Promise.resolve({ id: device.booked }) }))
  expect(text).toContain('By the clocks of the lab: UTC')
  expect(text).toContain('Already booked')
  expect(text).toContain('Join the queue')
})

test('the queue names who waits; only a lead or oneself may change a place', async () => {
  const queue = () => QueuePage({ searchParams: Promise.resolve({ environment: 'real' }) })
  const seen = await htmlOf(await queue())
  expect(seen).toContain('Queue for booked')
  expect(seen).not.toMatch(/<button/)
  authorized.actor = lead
  expect(await htmlOf(await queue())).toContain('Leave the queue: Lee, booked')
  authorized.actor = engineer
})
