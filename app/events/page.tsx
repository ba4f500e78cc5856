import { Group, Text } from '@mantine/core'
import { IconInbox } from '@tabler/icons-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import classes from '@/components/data-table.module.css'
import { EmptyState } from '@/components/empty-state'
import { EventState } from '@/components/event-state'
import { ButtonLink, TextLink } from '@/components/links'
import { PageHeader } from '@/components/page-header'
import { UserText } from '@/components/text'
import { When } from '@/components/when'
import { requireActor } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { countEventStates, listRawEvents, rawEventReadStates } from '@/lib/db/raw-events'
import { resolveWorld } from '@/lib/db/worlds'
import { paths } from '@/lib/paths'

export const metadata: Metadata = { title: 'Events' }

const pageSize = 50

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }
type Row = Awaited<ReturnType<typeof listRawEvents>>[number]

/** Every webhook body that was kept, with what became of reading it. */
export default async function EventsPage({ searchParams }: Props) {
  await requireActor()
  const given = await searchParams
  const { world, because } = await resolveWorld(db, given.world)
  const simulated = world === 'simulated'
  const readState = rawEventReadStates.find((state) => state === given.state)
  const before = /^\d{1,15}$/.test(String(given.before)) ? Number(given.before) : undefined
  const [rows, counts] = await Promise.all([
    listRawEvents(db, { simulated, readState, before, limit: pageSize + 1 }),
    countEventStates(db, simulated),
  ])
  const shown = rows.slice(0, pageSize)
  const last = shown.at(-1)
  return (
    <>
      <PageHeader
        title="Events"
        world={world}
        worldBecause={because}
        description="What the MDM servers posted, byte for byte, before anything was read. An idle poll of a known device only moves its “last seen” and is not kept."
      />
      <Group gap="sm" mb="sm" component="nav" aria-label="By state">
        <TextLink href={paths.events({ world })} fw={readState ? 400 : 700}>
          all
        </TextLink>
        {rawEventReadStates.map((state) => (
          <TextLink
            key={state}
            href={paths.events({ world, state })}
            fw={readState === state ? 700 : 400}
          >
            {state} {counts[state] ?? 0}
          </TextLink>
        ))}
      </Group>
      {shown.length === 0 ? (
        <EmptyState title="No events here" icon={IconInbox}>
          Nothing of this kind has been posted to the webhook.
        </EmptyState>
      ) : (
        <EventTable rows={shown} />
      )}
      <Group justify="flex-end" mt="sm">
        {before !== undefined && (
          <TextLink href={paths.events({ world, state: readState })}>Newest</TextLink>
        )}
        {rows.length > pageSize && last && (
          <ButtonLink
            href={paths.events({ world, state: readState, before: last.id })}
            variant="default"
            size="xs"
          >
            Older
          </ButtonLink>
        )}
      </Group>
    </>
  )
}

const EventTable = ({ rows }: { rows: Row[] }) => (
  <table className={classes.table}>
    <thead>
      <tr>
        {['Event', 'State', 'Received', 'Topic', 'Device', 'Bytes'].map((label) => (
          <th key={label} scope="col">
            {label}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((event) => (
        <EventRow key={event.id} event={event} />
      ))}
    </tbody>
  </table>
)

function EventRow({ event }: { event: Row }) {
  const { id, readState, because, receivedAt, topic, status, deviceId, labTag, deviceName } = event
  return (
    <tr>
      <td data-label="Event">
        <Link href={paths.event(id)} className={classes.name} prefetch={false}>
          {id}
        </Link>
      </td>
      <td data-label="State">
        <div>
          <EventState state={readState} />
          {because && (
            <div className={classes.dim}>
              <UserText>{because}</UserText>
            </div>
          )}
        </div>
      </td>
      <td data-label="Received">
        <When at={receivedAt} />
      </td>
      <td data-label="Topic">
        <div>
          <UserText>{topic ?? 'not known'}</UserText>{' '}
          <span className={classes.dim}>
            <UserText>{status}</UserText>
          </span>
        </div>
      </td>
      <td data-label="Device">
        {deviceId ? (
          <Link href={paths.device(deviceId)} prefetch={false}>
            <UserText>{labTag ?? deviceName}</UserText>
          </Link>
        ) : (
          <Text span size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            <UserText>{event.enrollmentId ?? 'none named'}</UserText>
          </Text>
        )}
      </td>
      <td data-label="Bytes">{event.bytes}</td>
    </tr>
  )
}
