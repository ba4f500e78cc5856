import { Group, List, ListItem, Text, Title } from '@mantine/core'
import { BookingButtons } from '@/app/booking-buttons'
import { CalendarTable } from '@/app/calendar-table'
import { QueueList } from '@/app/queue-list'
import { ButtonLink, TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { Booking } from '@/lib/db/queries/planning/bookings'
import { type Actor, mayDo, refusalFor } from '@/lib/domain/account/permissions'
import {
  bookingStateAt,
  bookingStateInfo,
  isAhead,
  mayBecomeTrial,
} from '@/lib/domain/planning/booking'
import { windowInWords } from '@/lib/domain/text/lab-time'
import { paths } from '@/lib/paths'
import type { DeviceWeeks } from './weeks'

type Props = {
  deviceId: string
  retired: boolean
  bookings: readonly Booking[]
  timeZone: string
  at: Date
  /** Undefined in a history, which has no actions. */
  actor: Actor | undefined
  /** What the next weeks bring; undefined in a history. */
  calendar: DeviceWeeks | undefined
}

/** As many as are of use on the page of a device; the calendar has them all. */
const maxPast = 5

/** The trials that are booked on a device, and the last ones that were. */
export function Bookings(props: Props) {
  const { deviceId, retired, bookings, timeZone, at, actor, calendar } = props
  const stillOpen = (one: Booking) => one.endKind === null && one.endsAt > at
  const open = bookings.filter(stillOpen)
  const past = bookings.filter((one) => !stillOpen(one)).slice(-maxPast)
  const reason =
    actor && (refusalFor(actor, 'bookTrial') ?? (retired ? 'It is retired.' : undefined))
  const row = (one: Booking) => (
    <Row key={one.id} booking={one} timeZone={timeZone} at={at} actor={actor} />
  )
  return (
    <section aria-label="Bookings">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Bookings
        </Title>
        {actor && !reason && (
          <ButtonLink href={paths.deviceBook(deviceId)} variant="default" size="xs">
            Book a trial
          </ButtonLink>
        )}
      </Group>
      {actor && reason && (
        <Text size="sm" c="dimmed" data-screen-only>
          {reason}
        </Text>
      )}
      {open.length === 0 ? (
        <Text size="sm" c="dimmed">
          No trial is booked on it.
        </Text>
      ) : (
        <List listStyleType="none" spacing="xs">
          {open.map(row)}
        </List>
      )}
      {actor && calendar && calendar.queue.length > 0 && (
        <>
          <Title order={3} size="h5" mt="xs">
            Queue
          </Title>
          <QueueList entries={calendar.queue} actor={actor} />
        </>
      )}
      {calendar && (
        <DeviceCalendar
          deviceId={deviceId}
          timeZone={timeZone}
          entries={calendar.entries}
          days={calendar.days}
        />
      )}
      {past.length > 0 && (
        <>
          <Title order={3} size="h5" mt="xs">
            Ended
          </Title>
          <List listStyleType="none" spacing={4}>
            {past.map(row)}
          </List>
        </>
      )}
    </section>
  )
}

type RowProps = Pick<Props, 'timeZone' | 'at' | 'actor'> & { booking: Booking }

function Row({ booking, timeZone, at, actor }: RowProps) {
  const { id, bookedById, bookedByName, protocolTitle, protocolVersion, target } = booking
  const state = bookingStateAt(booking, at)
  const { word, meaning } = bookingStateInfo[state]
  const window = windowInWords(booking.startsAt, booking.endsAt, timeZone)
  const own = actor?.id === bookedById
  const mayChange = actor && isAhead(booking, at)
  return (
    <ListItem>
      <Text size="sm">
        <b>{window}</b>: <UserText>{bookedByName}</UserText>, <UserText>{protocolTitle}</UserText>{' '}
        (version {protocolVersion}) to <UserText>{target}</UserText>
        {booking.trial && (
          <>
            {' · '}
            <TextLink href={paths.trial(booking.trial.id)} size="sm">
              T-{booking.trial.number}
            </TextLink>
          </>
        )}
      </Text>
      <Text size="xs" c="dimmed">
        {word}: {meaning}
        {booking.endedAt && (
          <>
            {' · '}
            <When at={booking.endedAt} /> by <UserText>{booking.endedByName}</UserText>
            {booking.endReason && (
              <>
                {', '}
                <UserText>{booking.endReason}</UserText>
              </>
            )}
          </>
        )}
      </Text>
      {mayChange && (own ? mayDo(actor, 'bookTrial') : mayDo(actor, 'manageBookings')) && (
        <BookingButtons
          bookingId={id}
          name={window}
          own={own}
          mayDraft={mayBecomeTrial(booking, at)}
        />
      )}
    </ListItem>
  )
}

type CalendarProps = Pick<Props, 'deviceId' | 'timeZone'> & Omit<DeviceWeeks, 'queue'>

/** Bookings, reservation, live trial and fixes to check of the next weeks on one axis. */
const DeviceCalendar = ({ deviceId, timeZone, entries, days }: CalendarProps) => (
  <details style={{ marginTop: 'var(--mantine-spacing-xs)' }}>
    <summary style={{ minHeight: 24, cursor: 'pointer', fontSize: 'var(--mantine-font-size-sm)' }}>
      Calendar of the next {days.length} days
    </summary>
    <CalendarTable
      entries={entries}
      days={days}
      today={days[0] ?? ''}
      timeZone={timeZone}
      order={3}
    />
    <TextLink href={paths.planCalendar({ device: deviceId, span: 'month' })} size="sm">
      Its calendar by month
    </TextLink>
  </details>
)
