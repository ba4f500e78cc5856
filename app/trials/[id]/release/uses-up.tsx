import { List, ListItem, Stack, Text, Title } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { passcodeWords } from '@/lib/domain/device/passcode'
import type { LostQuestion } from '@/lib/domain/planning/blast-radius'
import { canUse } from '@/lib/domain/planning/by-mechanism'
import type { Current } from '../read-current'

export type Uses = NonNullable<Current['uses']>

/** What can never be tested again once the command has left, said before anybody arms the trial. */
export function UsesUp({ uses }: { uses: Uses }) {
  const { device, left, mechanism, target, same, lost, isLastCommand, daysLeft } = uses
  const { platform, startVersion, passcode } = device
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
            It asks {startVersion} → {target} by {mechanism},{' '}
            {passcodeWords[passcode].toLowerCase()}:{' '}
            {same === 0
              ? 'no other device could repeat it'
              : `${count(same, 'other device')} could repeat it`}
            .
          </ListItem>
        )}
        {lost.map((question) => (
          <ListItem key={`${question.mechanism} ${question.target}`}>
            It can no longer answer {startVersion} → {question.target} by {question.mechanism}:{' '}
            {othersWords(question)}.
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
        {isLastCommand && (
          <ListItem>
            <b>No command can be sent to this device afterwards:</b> {target} has no
            ScheduleOSUpdate, only declarations.
          </ListItem>
        )}
      </List>
      <Text size="sm" c="dimmed">
        <Offered uses={uses} />
      </Text>
    </Stack>
  )
}

const listWords = (versions: readonly string[]) =>
  versions.length === 0 ? 'nothing' : versions.join(', ')

/** What the questions above rest on: the answer of the device, which has none from 27 on, and Apple's list. */
function Offered({ uses: { device, askedAt } }: { uses: Uses }) {
  const { platform, startVersion, offered, listed } = device
  if (!canUse('command', platform, startVersion))
    return listed === undefined
      ? 'What Apple offers its model is not known, so other questions may be lost too: import Apple’s list.'
      : `Apple’s list has ${listWords(listed)} for its model; a device from 27 on says nothing itself.`
  if (offered === undefined)
    return 'What it is offered is not known, so other questions may be lost too: query it.'
  return (
    <>
      It is offered {listWords(offered)}, as it said {askedAt && <When at={askedAt} />}.
    </>
  )
}

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`

const othersWords = ({ others }: LostQuestion) =>
  others === 0 ? 'no other device can' : `${count(others, 'other device')} can`
