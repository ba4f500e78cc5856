import { Text } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { ErrorNote } from '@/lib/db/queries/events/error-codes'

/** What people wrote about one error, the oldest first: a later note may correct an earlier one. */
export function ErrorNotes({ notes }: { notes: readonly ErrorNote[] }) {
  return notes.map(({ id, text, radar, byName, at }) => (
    <Text key={id} size="sm" component="p" m={0} mb={4}>
      <UserText>{text}</UserText>{' '}
      <Text span size="xs" c="dimmed">
        <UserText>{byName}</UserText>, <When at={at} />
        {radar && <>, report {radar}</>}
      </Text>
    </Text>
  ))
}
