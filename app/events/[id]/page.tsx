import {
  Alert,
  Anchor,
  Code,
  Group,
  List,
  ListItem,
  Paper,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { IconFileUnknown, IconRefresh } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ActionButton } from '@/components/forms/action-button'
import { EventState } from '@/components/trial/event-state'
import { authorize } from '@/lib/auth/guard'
import type { Db } from '@/lib/db/client'
import { type EventView, findEventView } from '@/lib/db/queries/events/event-list'
import {
  listRereads,
  type RereadOfEvent,
  rereadableStates,
} from '@/lib/db/queries/events/raw-events'
import { refusalFor } from '@/lib/domain/account/permissions'
import { type RawView, rawView, shownBytes } from '@/lib/mdm/raw-view'
import { paths } from '@/lib/paths'
import { readEventId } from '../query'
import { EventContradictions, EventFacts } from './facts'
import { rereadEventAction } from './reprocess-action'

type Props = { params: Promise<{ id: string }> }

async function viewOr404(db: Db, text: string): Promise<EventView> {
  const id = readEventId(text)
  return (id === undefined ? undefined : await findEventView(db, id)) ?? notFound()
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Event ${(await params).id}` }
}

/** One kept body: its bytes, what was read of them, and what it belongs to. */
export default async function EventPage({ params }: Props) {
  const { actor, db } = await authorize('look')
  const view = await viewOr404(db, (await params).id)
  const { id, simulated, readState, reason, oddities, payload, body, source } = view.event
  return (
    <>
      <PageHeader
        title={`Event ${id}`}
        environment={simulated ? 'simulated' : 'real'}
        marks={<EventState state={readState} />}
      />
      <Stack gap="lg">
        {reason && (
          <Reason state={readState} reason={reason}>
            {canBeReread(readState) && (
              <ActionButton
                act={rereadEventAction.bind(null, id)}
                done={queued}
                refusedTitle="Not reprocessed"
                reason={refusalFor(actor, 'rereadEvents')}
                variant="default"
                leftSection={<IconRefresh size={16} aria-hidden />}
              >
                Reprocess
              </ActionButton>
            )}
          </Reason>
        )}
        <Rereads rereads={await listRereads(db, id)} />
        <EventFacts view={view} />
        {oddities && oddities.length > 0 && <Oddities oddities={oddities} />}
        <EventContradictions eventId={id} />
        {view.redacted && <Redacted />}
        <Bytes
          title="What the device sent"
          view={rawView(payload)}
          href={paths.eventBytes(id, 'payload')}
        />
        <Bytes
          title={source === 'webhook' ? 'The body as posted' : 'The report as kept'}
          view={rawView(body)}
          href={paths.eventBytes(id, 'body')}
        />
      </Stack>
    </>
  )
}

const Redacted = () => (
  <Text size="sm">
    It contains secrets of the device, which nobody is shown: this page, files and exports give
    their length and SHA-256 instead. The original body is kept encrypted, and the SHA-256 of the
    body above is that of the original.
  </Text>
)

const nextSteps: Partial<Record<EventView['event']['readState'], string>> = {
  unreadable:
    'The bytes are kept. Where it answers a command of this lab, the command counts as answered with the status the MDM server gave, and the result is unknown. Compare the bytes with the log of the MDM server.',
  unmatched:
    'Nothing was changed by it. A device that enrolls in the MDM server comes into the inventory by itself, and what it sent before is then reprocessed.',
}

const queued = {
  title: 'Queued for reprocessing',
  message: 'It is read within seconds. Reload the page to see the result.',
}

const canBeReread = (state: EventView['event']['readState']) =>
  rereadableStates.some((one) => one === state)

/** How the event had been read before it was reprocessed, and why. */
const Rereads = ({ rereads }: { rereads: RereadOfEvent[] }) =>
  rereads.map(({ id, at, byName, wasState, wasReason }) => (
    <Text key={id} size="sm">
      Reprocessed <When at={at} /> by <UserText>{byName}</UserText>; before that it was {wasState}:{' '}
      <UserText>{wasReason ?? 'no reason was kept'}</UserText>
    </Text>
  ))

type ReasonProps = {
  state: EventView['event']['readState']
  reason: string
  children: ReactNode
}

function Reason({ state, reason, children }: ReasonProps) {
  return (
    <Alert
      variant="outline"
      color={state === 'unreadable' ? 'red' : 'gray'}
      icon={<IconFileUnknown aria-hidden />}
      title={<UserText>{reason}</UserText>}
      style={{ overflowWrap: 'anywhere' }}
      styles={{ body: { minWidth: 0 } }}
    >
      <Stack gap="xs" align="flex-start">
        <span>{nextSteps[state]}</span>
        {children}
      </Stack>
    </Alert>
  )
}

function Oddities({ oddities }: { oddities: { path: string; note: string }[] }) {
  return (
    <section aria-label="Parser warnings">
      <Title order={2} size="h4" mb="xs">
        Parser warnings
      </Title>
      <List size="sm">
        {oddities.map(({ path, note }) => (
          <ListItem key={`${path} ${note}`}>
            <Code>{path}</Code> <UserText>{note}</UserText>
          </ListItem>
        ))}
      </List>
    </section>
  )
}

type BytesProps = { title: string; view: RawView; href: string }

function Bytes({ title, view, href }: BytesProps) {
  if (view.form === 'none') return null
  const cut =
    view.bytes > shownBytes && `, of which the first ${shownBytes.toLocaleString('en')} are shown`
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Anchor size="sm" href={href} download>
          Download the bytes
        </Anchor>
      </Group>
      <Text size="sm" c="dimmed" mb="xs">
        {view.bytes.toLocaleString('en')} bytes{view.form === 'binary' && ', not text'}
        {cut}
      </Text>
      {view.form === 'text' ? <Raw text={view.text} /> : <Decoded view={view} />}
    </Paper>
  )
}

function Decoded({ view }: { view: Extract<RawView, { form: 'binary' }> }) {
  return (
    <Stack gap="xs">
      <Raw text={view.decoded} />
      {[
        ['As hex', view.hex],
        ['As base64', view.base64],
      ].map(([label, text = '']) => (
        <details key={label}>
          <summary>{label}</summary>
          <Raw text={text} />
        </details>
      ))}
    </Stack>
  )
}

const Raw = ({ text }: { text: string }) => (
  <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
    {text}
  </Code>
)
