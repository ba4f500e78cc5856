import { Group, List, ListItem, Stack, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCircleCheck,
  IconOctagonMinus,
} from '@tabler/icons-react'
import { Status, type StatusLook, Waiting } from '@/components/data/status'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { CommandStatus } from '@/components/trial/command-status'
import type { Command } from '@/lib/db/queries/trials/commands'
import { isOpenCommand } from '@/lib/domain/trial/command-slot'
import { findErrorMeaning } from '@/lib/mdm/errors'

/** As many as one query asks; the page must not grow with each of them. */
const newest = 4

type Props = {
  commands: Command[]
  /** By CommandUUID, what became of queries behind it that wait or were not made. */
  unasked: ReadonlyMap<string, string>
}

/** Every command of the device, the newest first: what was tried, what became of it, what it said. */
export function Commands({ commands, unasked }: Props) {
  return (
    <section aria-label="Commands">
      <Title order={2} size="h4" mb="xs">
        Commands
      </Title>
      {commands.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing was ever sent to this device. “Query device” reads what MDM can report.
        </Text>
      ) : (
        <>
          <CommandList commands={commands.slice(0, newest)} unasked={unasked} />
          {commands.length > newest && (
            <details>
              <summary>
                <Text span size="sm">
                  {commands.length - newest} earlier
                </Text>
              </summary>
              <CommandList commands={commands.slice(newest)} unasked={unasked} />
            </details>
          )}
        </>
      )}
    </section>
  )
}

const CommandList = ({ commands, unasked }: Props) => (
  <List listStyleType="none" spacing="sm" mt="xs">
    {commands.map((command) => (
      <ListItem key={command.commandUuid}>
        <OneCommand command={command} unasked={unasked.get(command.commandUuid)} />
      </ListItem>
    ))}
  </List>
)

type OneProps = { command: Command; unasked: string | undefined }

function OneCommand({ command, unasked }: OneProps) {
  const { requestType, reservedAt, reservedByName, nextRequests, reason, purpose } = command
  const open = isOpenCommand(command)
  const failed = failureOf(command)
  return (
    <Stack gap={2}>
      <Group gap="xs" style={{ rowGap: 2 }}>
        <Text span size="sm" fw={600}>
          {requestType}
        </Text>
        <Standing command={command} />
        {open && <Waiting size={12} label="No answer yet" />}
        <Text span size="xs" c="dimmed">
          {purpose === 'probe' ? 'queried' : 'released'} <When at={reservedAt} /> by{' '}
          <UserText>{reservedByName}</UserText>
        </Text>
      </Group>
      {failed ? (
        <Group gap={4} wrap="nowrap" align="flex-start">
          <IconAlertTriangle
            size={14}
            color="var(--mantine-color-red-text)"
            aria-hidden
            style={{ flexShrink: 0, marginTop: 3 }}
          />
          <Text size="sm">{failed}</Text>
        </Group>
      ) : (
        <Text size="xs" c="dimmed">
          <Answer command={command} />
          {reason && !command.answeredAt && ` ${reason}.`}
        </Text>
      )}
      {open && nextRequests.length > 0 && (
        <Text size="xs" c="dimmed">
          Then: {nextRequests.join(', ')}
        </Text>
      )}
      {unasked && (
        <Text size="sm">
          <UserText>{unasked}</UserText>.
        </Text>
      )}
    </Stack>
  )
}

const ends: Record<'answered' | 'failed' | 'withdrawn', StatusLook> = {
  answered: {
    word: 'Answered',
    icon: IconCircleCheck,
    color: 'green',
    meaning: 'The device has answered; its answer is below',
  },
  failed: {
    word: 'Failed',
    icon: IconOctagonMinus,
    color: 'red',
    meaning: 'The device answered that it could not',
  },
  withdrawn: {
    word: 'Abandoned',
    icon: IconArrowBackUp,
    color: 'gray',
    meaning: 'Its answer is no longer awaited',
  },
}

/** Where the command got to: how it ended, or how far it has come on its way. */
function Standing({ command }: { command: Command }) {
  const { state, answeredAt, withdrawnAt } = command
  if (withdrawnAt) return <Status look={ends.withdrawn} />
  if (!answeredAt) return <CommandStatus state={state} />
  return <Status look={isFailure(command) ? ends.failed : ends.answered} />
}

const isError = (answer: string | null) => answer === 'Error' || answer === 'CommandFormatError'

const meaningOf = ({ answerErrorDomain, answerErrorCode }: Command) =>
  answerErrorCode === null ? undefined : findErrorMeaning(answerErrorDomain ?? '', answerErrorCode)

/** An error that means progress, or that there is no update, is an answer like any other. */
function isFailure(command: Command): boolean {
  const kind = meaningOf(command)?.class
  return isError(command.answerStatus) && kind !== 'stateReached' && kind !== 'nothingToDo'
}

function Answer({ command }: { command: Command }) {
  const { answeredAt, answerStatus, notNowCount } = command
  const meaning = isError(answerStatus) && !isFailure(command) ? meaningOf(command) : undefined
  const notNow =
    notNowCount > 0 ? `NotNow ${notNowCount} ${notNowCount === 1 ? 'time' : 'times'}` : ''
  if (!answeredAt) return notNow && `${notNow}; the MDM server will hand it out again.`
  return (
    <>
      {answerStatus}
      {meaning && `, which means: ${meaning.meaning}`} <When at={answeredAt} />
      {notNow && ` after ${notNow}`}
    </>
  )
}

/** Why nothing was read, in words; a failed read is shown as failed. */
function failureOf(command: Command): string | undefined {
  const { state, reason, answerStatus, answerErrorDomain, answerErrorCode, withdrawnAt } = command
  if (withdrawnAt) return `Failed: abandoned by ${command.withdrawnBy}, ${command.withdrawnReason}.`
  if (isFailure(command)) {
    const code = answerErrorCode === null ? '' : ` ${answerErrorDomain ?? ''} ${answerErrorCode}`
    return `Failed: the device answered ${answerStatus}${code}.`
  }
  if (state === 'refused' || state === 'notSent' || state === 'unconfirmed')
    return command.answeredAt ? undefined : `Failed: ${reason ?? state}.`
  return undefined
}
