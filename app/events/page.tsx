import { Group } from '@mantine/core'
import { IconInbox } from '@tabler/icons-react'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink, OlderRows, TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { EventState } from '@/components/trial/event-state'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { countEventStates, listRawEvents } from '@/lib/db/queries/events/event-list'
import { type RawEventReadState, rawEventReadStates } from '@/lib/db/queries/events/raw-events'
import { paths } from '@/lib/paths'
import { EventTable } from './event-table'
import { readEventParams } from './query'

export const metadata: Metadata = { title: 'Events' }

const pageSize = 50

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Every webhook body that was kept, with what became of reading it. */
export default async function EventsPage({ searchParams }: Props) {
  const { db } = await authorize('look')
  const given = await searchParams
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const simulated = environment === 'simulated'
  const { state: readState, before } = readEventParams(given)
  const [rows, counts] = await Promise.all([
    listRawEvents(db, { simulated, readState, before, limit: pageSize + 1 }),
    countEventStates(db, simulated),
  ])
  const shown = rows.slice(0, pageSize)
  const last = shown.at(-1)
  return (
    <>
      <PageHeader
        marks={<LiveTable of={['events', 'devices', 'trials']} />}
        title="Events"
        environment={environment}
        environmentReason={reason}
        description="What the MDM servers posted, byte for byte, before anything was read. An idle poll of a known device only updates its last contact and is not stored."
      />
      <States environment={environment} shown={readState} counts={counts} />
      {shown.length === 0 ? <Nothing state={readState} /> : <EventTable rows={shown} />}
      <OlderRows
        newest={before === undefined ? undefined : paths.events({ environment, state: readState })}
        older={
          rows.length > pageSize && last
            ? paths.events({ environment, state: readState, before: last.id })
            : undefined
        }
      />
    </>
  )
}

type StatesProps = {
  environment: string
  shown: RawEventReadState | undefined
  counts: Awaited<ReturnType<typeof countEventStates>>
}

/** What needs a look first: these are never a loss, so they are never hidden. */
function States({ environment, shown, counts }: StatesProps) {
  const link = (state: RawEventReadState | undefined, children: ReactNode) => (
    <TextLink
      key={state ?? 'all'}
      href={paths.events({ environment, state })}
      c="inherit"
      fw={shown === state ? 700 : 400}
      underline={shown === state ? 'always' : 'hover'}
    >
      {children}
    </TextLink>
  )
  return (
    <Group gap="md" mb="sm" component="nav" aria-label="By state">
      {link(undefined, 'All events')}
      {rawEventReadStates.map((state) =>
        link(
          state,
          <>
            <EventState state={state} /> {(counts[state] ?? 0).toLocaleString('en')}
          </>,
        ),
      )}
    </Group>
  )
}

const nothing: Record<RawEventReadState, string> = {
  unread: 'Every event that was kept has been read.',
  read: 'No event has been read yet.',
  unreadable: 'Every body that was posted could be read.',
  unmatched: 'Every event that was read belongs to a device or a command of this lab.',
  duplicate: 'No event duplicates another.',
}

function Nothing({ state }: { state: RawEventReadState | undefined }) {
  if (state)
    return (
      <EmptyState title="None of these" icon={IconInbox}>
        {nothing[state]}
      </EmptyState>
    )
  return (
    <EmptyState
      title="No events yet"
      icon={IconInbox}
      action={<ButtonLink href={paths.servers()}>To the MDM servers</ButtonLink>}
    >
      The webhook has not received anything from an MDM server of this environment. Each server’s
      page names the address to post to.
    </EmptyState>
  )
}
