'use client'

import { Text } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { IconShapes } from '@/components/data/icon-shapes'
import { Link } from '@/components/data/link'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { ClockTimes, When } from '@/components/data/when'
import { EventState, eventIcons } from '@/components/trial/event-state'
import type { listRawEvents } from '@/lib/db/queries/events/event-list'
import { eventKindWords } from '@/lib/domain/server/server-check'
import { paths } from '@/lib/paths'

type Row = Awaited<ReturnType<typeof listRawEvents>>[number]

/** Events as rows, on a phone as cards. Drawn on the client's side of the border, as app/devices/device-table.tsx is. */
export const EventTable = ({ rows }: { rows: Row[] }) => (
  <>
    <IconShapes icons={eventIcons} />
    <table className={classes.table}>
      <TableHead labels={['Event', 'State', 'Received', 'Topic', 'Device', 'Size']} />
      <tbody>
        {rows.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </tbody>
    </table>
  </>
)

function EventRow({ event }: { event: Row }) {
  const { id, readState, reason, receivedAt, topic, status, deviceId, labTag, deviceName } = event
  return (
    <tr>
      <td data-label="Event">
        <Link href={paths.event(id)} className={classes.name} prefetch={false}>
          {id}
        </Link>
      </td>
      <td data-label="State">
        <div>
          <EventState state={readState} drawn />
          {reason && (
            <div className={classes.dim} style={{ overflowWrap: 'anywhere' }}>
              <UserText>{reason}</UserText>
            </div>
          )}
        </div>
      </td>
      <td data-label="Received" className={classes.nowrap}>
        <ClockTimes>
          <When at={receivedAt} />
        </ClockTimes>
      </td>
      <td data-label="Topic">
        <div>
          <UserText>{topic ?? 'not known'}</UserText>{' '}
          <span className={classes.dim}>
            <UserText>{status}</UserText>
          </span>
          {event.kind && <div className={classes.dim}>{eventKindWords[event.kind]}</div>}
        </div>
      </td>
      <td data-label="Device">
        {deviceId ? (
          <Link href={paths.device(deviceId)} className={classes.name} prefetch={false}>
            <UserText>{labTag ?? deviceName}</UserText>
          </Link>
        ) : (
          <Text span size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            <UserText>{event.enrollmentId ?? 'none named'}</UserText>
          </Text>
        )}
      </td>
      <td data-label="Size" className={classes.nowrap}>
        {event.bytes.toLocaleString('en')} B
      </td>
    </tr>
  )
}
