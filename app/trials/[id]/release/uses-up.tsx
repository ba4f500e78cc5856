import { List, ListItem, Stack, Text, Title } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { passcodeWords } from '@/lib/domain/device/passcode'
import type { LostQuestion } from '@/lib/domain/planning/blast-radius'
import type { Current } from '../read-current'

export type Uses = NonNullable<Current['uses']>

/** What can never be tested again once the command has left, said before anybody arms the trial. */
export function UsesUp({ uses }: { uses: Uses }) {
  const { device, left, target, same, lost, isLast, daysLeft, askedAt } = uses
  const { platform, startVersion, passcode, offered } = device
  return (
    <Stack component="section" gap={4} aria-label="What this trial uses up">
      <Title order={3} size="h5">
        What this trial uses up
      </Title>
      <Text size="sm">
        The baseline of <UserText>{device.labTag}</UserText> at {platform} {startVersion}:{' '}
        {left === 0 ? (
          <b>no other device is left at this version.</b>
        ) : (
          `${count(left, 'other device')} ${left === 1 ? 'is' : 'are'} left at this version.`
        )}
      </Text>
      <List size="sm" spacing={4}>
        {target !== undefined && same !== undefined && (
          <ListItem>
            It asks {startVersion} → {target}, {passcodeWords[passcode].toLowerCase()}:{' '}
            {same === 0
              ? 'no other device could repeat it'
              : `${count(same, 'other device')} could repeat it`}
            .
          </ListItem>
        )}
        {lost.map((question) => (
          <ListItem key={question.target}>
            It can no longer answer {startVersion} → {question.target}: {othersWords(question)}.
          </ListItem>
        ))}
        {device.reserved && (
          <ListItem>A lead has reserved this device for a later question.</ListItem>
        )}
        {target !== undefined && daysLeft !== undefined && (
          <ListItem>
            Apple’s list for management has {target} for {count(daysLeft, 'more day')}.
          </ListItem>
        )}
        {isLast && (
          <ListItem>
            <b>It is the last trial of this device by command:</b> {target} has no ScheduleOSUpdate.
          </ListItem>
        )}
      </List>
      <Text size="sm" c="dimmed">
        {offered === undefined ? (
          'What it is offered is not known, so other questions may be lost too: query it.'
        ) : (
          <>
            It is offered {offered.length === 0 ? 'nothing' : offered.join(', ')}, as it said{' '}
            {askedAt && <When at={askedAt} />}.
          </>
        )}
      </Text>
    </Stack>
  )
}

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`

const othersWords = ({ others }: LostQuestion) =>
  others === 0 ? 'no other device can' : `${count(others, 'other device')} can`
