import { Text } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { QueueEntry } from '@/lib/db/queries/planning/queue'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import { queuePriorityWords } from '@/lib/domain/planning/queue'
import { paths } from '@/lib/paths'
import { QueueButtons } from './queue-buttons'

/** The queue of one device, in its order. The first is told on the home page once the device is free. */
export function QueueList({ entries, actor }: { entries: readonly QueueEntry[]; actor: Actor }) {
  return (
    <ol style={{ margin: 0, paddingInlineStart: '1.5rem' }}>
      {entries.map((entry, at) => (
        <li key={entry.id} style={{ marginBottom: 6 }}>
          <Text size="sm">
            <b>
              <UserText>{entry.joinedByName}</UserText>
            </b>
            : <UserText>{entry.protocolTitle}</UserText> (version {entry.protocolVersion})
          </Text>
          <Text size="xs" c="dimmed">
            {queuePriorityWords[entry.priority]} · since <When at={entry.joinedAt} />
          </Text>
          {at === 0 && entry.free && (
            <Text size="sm">
              The device is free.{' '}
              {entry.joinedById === actor.id && (
                <TextLink href={paths.deviceBook(entry.deviceId)} size="sm">
                  Book it now
                </TextLink>
              )}
            </Text>
          )}
          <QueueButtons
            entryId={entry.id}
            name={`${entry.joinedByName}, ${entry.labTag}`}
            own={entry.joinedById === actor.id && mayDo(actor, 'bookTrial')}
            manages={mayDo(actor, 'manageBookings')}
            isFirst={at === 0}
            isLast={at === entries.length - 1}
          />
        </li>
      ))}
    </ol>
  )
}
