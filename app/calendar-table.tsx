import { Text, Title } from '@mantine/core'
import { IconCalendarCheck, IconCalendarTime, IconLock, IconRoute } from '@tabler/icons-react'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { Status, type StatusLook } from '@/components/data/status'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import {
  type CalendarEntry,
  type CalendarKind,
  lastsInWords,
  spreadOverDays,
} from '@/lib/domain/planning/lab-calendar'
import { paths } from '@/lib/paths'

const looks: Record<CalendarKind, StatusLook> = {
  booking: {
    word: 'Booking',
    icon: IconCalendarTime,
    color: 'blue',
    meaning: 'A trial that is planned on the device',
  },
  reservation: {
    word: 'Reservation',
    icon: IconLock,
    color: 'orange',
    meaning: 'A lead keeps the device for a later question',
  },
  trial: { word: 'Trial', icon: IconRoute, color: 'grape', meaning: 'A trial that goes on' },
  verification: {
    word: 'Fix to check',
    icon: IconCalendarCheck,
    color: 'green',
    meaning: 'From this day on the fix can be checked',
  },
}

type Props = {
  entries: readonly CalendarEntry[]
  days: readonly string[]
  /** The day it is in the lab. */
  today: string
  timeZone: string
  /** The level of its heading, below that of what it stands in. */
  order: 2 | 3
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const dayName = (day: string): string =>
  `${weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()]} ${day}`

/** A calendar as a table with a row for each entry of a day: it reads alike on a screen, a phone, a printer and aloud. */
export function CalendarTable({ entries, days, today, timeZone, order }: Props) {
  const spread = spreadOverDays(entries, days, timeZone)
  const busy = spread.days.filter((one) => one.entries.length > 0)
  const name = `${days[0]} to ${days.at(-1)}`
  return (
    <>
      {busy.length === 0 ? (
        <Text size="sm">Nothing begins or ends on one of these days.</Text>
      ) : (
        <table className={classes.table} aria-label={`Calendar, ${name}`}>
          <TableHead labels={['Day', 'Time', 'What', 'Kind']} />
          <tbody>
            {busy.flatMap(({ day, entries: found }) =>
              found.map(({ entry, time }, at) => (
                <Row
                  key={`${day} ${entry.uid}`}
                  day={day}
                  first={at === 0}
                  isToday={day === today}
                  time={time}
                  entry={entry}
                />
              )),
            )}
          </tbody>
        </table>
      )}
      {spread.long.length > 0 && (
        <section aria-label="Over several days">
          <Title order={order} size="h5" mt="md" mb="xs">
            Over several days
          </Title>
          <table className={classes.table} aria-label={`Over several days, ${name}`}>
            <TableHead labels={['Lasts', 'What', 'Kind']} />
            <tbody>
              {spread.long.map((entry) => (
                <tr key={entry.uid}>
                  <td data-label="Lasts">{lastsInWords(entry, timeZone)}</td>
                  <What entry={entry} />
                  <td data-label="Kind">
                    <Status look={looks[entry.kind]} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}

type RowProps = {
  day: string
  /** Whether it is the first of its day, which names the day in sight. */
  first: boolean
  isToday: boolean
  time: string
  entry: CalendarEntry
}

const Row = ({ day, first, isToday, time, entry }: RowProps) => (
  <tr aria-current={isToday ? 'date' : undefined}>
    <td data-label="Day">
      <span className={first ? classes.day : classes.dim}>
        {dayName(day)}
        {isToday && ' (today)'}
      </span>
    </td>
    <td data-label="Time">{time}</td>
    <What entry={entry} />
    <td data-label="Kind">
      <Status look={looks[entry.kind]} />
    </td>
  </tr>
)

const What = ({ entry }: { entry: CalendarEntry }) => (
  <td data-label="What">
    <div>
      <UserText>{entry.title}</UserText>{' '}
      <TextLink href={paths[entry.about.kind](entry.about.id)} size="sm">
        {entry.about.name}
      </TextLink>
      {entry.notes.map((note) => (
        <div key={note} className={classes.dim}>
          <UserText>{note}</UserText>
        </div>
      ))}
    </div>
  </td>
)
