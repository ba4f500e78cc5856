import { Code, List, ListItem, Paper, Stack, Text, Title } from '@mantine/core'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { EventState } from '@/components/event-state'
import { TextLink } from '@/components/links'
import { PageHeader } from '@/components/page-header'
import { UserText } from '@/components/text'
import { When } from '@/components/when'
import { requireActor } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { findRawEvent, type RawEvent } from '@/lib/db/raw-events'
import { type RawView, rawView } from '@/lib/mdm/raw-view'
import { paths } from '@/lib/paths'

type Props = { params: Promise<{ id: string }> }

const eventOr404 = async (id: string): Promise<RawEvent> =>
  (/^\d{1,15}$/.test(id) ? await findRawEvent(db, Number(id)) : undefined) ?? notFound()

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Event ${(await params).id}` }
}

/** One kept body: its bytes, what was read of them, and what it belongs to. */
export default async function EventPage({ params }: Props) {
  await requireActor()
  const event = await eventOr404((await params).id)
  const { id, simulated, readState, because, receivedAt, topic, oddities, deviceId, trialId } =
    event
  return (
    <>
      <PageHeader
        title={`Event ${id}`}
        world={simulated ? 'simulated' : 'real'}
        marks={<EventState state={readState} />}
        description={
          <>
            received <When at={receivedAt} /> · {topic ?? 'topic not known'} · SHA-256{' '}
            <code>{event.sha256}</code>
          </>
        }
      />
      <Stack gap="lg">
        {because && (
          <Text>
            <UserText>{because}</UserText>
          </Text>
        )}
        <Text size="sm">
          {deviceId && <TextLink href={paths.device(deviceId)}>the device</TextLink>}{' '}
          {trialId && <TextLink href={paths.trial(trialId)}>the trial</TextLink>}{' '}
          {event.duplicateOf && (
            <TextLink href={paths.event(event.duplicateOf)}>the event it repeats</TextLink>
          )}{' '}
          {event.commandUuid && (
            <>
              CommandUUID <code>{event.commandUuid}</code>
            </>
          )}
        </Text>
        {oddities && oddities.length > 0 && (
          <List size="sm">
            {oddities.map(({ path, note }) => (
              <ListItem key={`${path} ${note}`}>
                <code>{path}</code>: <UserText>{note}</UserText>
              </ListItem>
            ))}
          </List>
        )}
        <Bytes title="What the device sent" view={rawView(event.payload)} />
        <Bytes title="The body as it was posted" view={rawView(event.body)} />
      </Stack>
    </>
  )
}

function Bytes({ title, view }: { title: string; view: RawView }) {
  if (view.form === 'none') return null
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      <Text size="xs" c="dimmed">
        {view.bytes} bytes{view.form === 'binary' && ', not text'}
      </Text>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {view.form === 'text' ? view.text : `${view.decoded}\n\n${view.hex}`}
      </Code>
    </Paper>
  )
}
