import { List, ListItem, Text, Title } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { enter } from '@/lib/auth/door'
import { listEventsOfDevice } from '@/lib/db/queries/events/raw-events'
import { eventKindWords } from '@/lib/domain/server/server-check'
import { paths } from '@/lib/paths'

const maxShown = 8

/** The newest events of a device, whatever they are: also declarative management and user channels. */
export async function DeviceEvents({ deviceId }: { deviceId: string }) {
  const { db } = await enter('look')
  const events = await listEventsOfDevice(db, deviceId, maxShown)
  if (events.length === 0) return null
  return (
    <section aria-label="Latest events">
      <Title order={2} size="h4" mb="xs">
        Latest events
      </Title>
      <List listStyleType="none" spacing="xs">
        {events.map(({ id, kind, topic, status, receivedAt }) => (
          <ListItem key={id}>
            <TextLink href={paths.event(id)} size="sm">
              {kind ? eventKindWords[kind] : 'Event'}
            </TextLink>
            <Text size="xs" c="dimmed">
              <UserText>{[topic, status].filter(Boolean).join(' ')}</UserText>{' '}
              <When at={receivedAt} />
            </Text>
          </ListItem>
        ))}
      </List>
    </section>
  )
}
