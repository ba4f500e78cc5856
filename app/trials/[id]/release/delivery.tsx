import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import {
  AnsweredStatus,
  CommandStatus,
  DeclarationSeenStatus,
} from '@/components/trial/command-status'
import type { Command } from '@/lib/db/queries/trials/commands'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { enforcementType, waitsForAnswer } from '@/lib/domain/trial/command-slot'
import { slotName } from '@/lib/domain/trial/mechanism'
import { findErrorMeaning } from '@/lib/mdm/errors'
import { type ServerKind, serverTraits } from '@/lib/mdm/server-kinds'
import { slotWords } from '../slot-words'
import classes from '../trial.module.css'
import { DeclarationActions, DeclarationDelivery } from './declaration-delivery'
import { DeliveryActions } from './delivery-actions'

type Shown = {
  view: TrialView
  /** Who may do something about it; undefined where nothing can be done. */
  actor: Actor | undefined
}

/** What became of each command and declaration of the trial, in facts about delivery and nothing more. */
export function Delivery({ view, actor }: Shown) {
  const sent = view.commands.filter(({ purpose }) => purpose === 'intervention')
  if (sent.length === 0) return null
  return (
    <Paper withBorder p="md" component="section" aria-label="Delivery">
      <Title order={2} size="h4" mb="sm">
        Delivery
      </Title>
      <Stack gap="md">
        {sent.map((command) => (
          <OneCommand key={command.commandUuid} command={command} view={view} actor={actor} />
        ))}
      </Stack>
    </Paper>
  )
}

type Props = Shown & { command: Command }

function OneCommand({ command, view, actor }: Props) {
  const slot = view.version.plan.slots[(command.slotOrdinal ?? 1) - 1]
  const again = view.redelivered.find(({ commandUuid }) => commandUuid === command.commandUuid)
  const isDeclared = command.requestType === enforcementType
  const waits = waitsForAnswer(command) && !isDeclared
  return (
    <Stack gap={4} className={actor ? (classes.command ?? '') : ''}>
      <Group gap="xs">
        <Text fw={600} size="sm">
          {slotName(slot, command.slotOrdinal ?? 1)}
          {slot && `: ${slotWords(view, slot)}`}
        </Text>
        <Standing command={command} isDeclared={isDeclared} />
      </Group>
      {isDeclared ? (
        <DeclarationDelivery command={command} view={view} actor={actor} />
      ) : (
        <Text size="sm">{deliveryWords(command, view.server?.kind)}</Text>
      )}
      {again && actor && (
        <Text size="sm" fw={600}>
          Delivered again by the MDM server: answered {again.times} more{' '}
          {again.times === 1 ? 'time' : 'times'}, first <When at={again.firstAt} />, last{' '}
          <When at={again.lastAt} />.
        </Text>
      )}
      {/* What its server had said is settled by what the device did. */}
      {command.reason && !(isDeclared && command.answeredAt) && (
        <Text size="sm" c="dimmed">
          <UserText>{command.reason}</UserText>
        </Text>
      )}
      <Text size="xs" c="dimmed">
        released by <UserText>{command.reservedByName}</UserText> <When at={command.reservedAt} />
        {command.sendingAt && (
          <>
            {' '}
            · sent <When at={command.sendingAt} />
          </>
        )}{' '}
        · CommandUUID <code>{command.commandUuid}</code>
        {command.serverUrl && (
          <>
            {' '}
            · to <UserText>{command.declarationsUrl ?? command.serverUrl}</UserText>
          </>
        )}
      </Text>
      {waits && actor && (
        <CommandActions command={command} serverKind={view.server?.kind} actor={actor} />
      )}
    </Stack>
  )
}

function Standing({ command, isDeclared }: { command: Command; isDeclared: boolean }) {
  const { answeredAt, answerStatus, state } = command
  if (!answeredAt) return <CommandStatus state={state} declaration={isDeclared} />
  return isDeclared ? (
    <DeclarationSeenStatus status={answerStatus} />
  ) : (
    <AnsweredStatus status={answerStatus} />
  )
}

type CommandActionsProps = { command: Command; serverKind: ServerKind | undefined; actor: Actor }

/** What this person can do about a command that waits for its device, or about a declaration that may be there. */
export const CommandActions = ({ command, serverKind, actor }: CommandActionsProps) =>
  command.requestType === enforcementType ? (
    <DeclarationActions command={command} actor={actor} />
  ) : (
    <DeliveryActions
      trialId={command.trialId ?? ''}
      commandUuid={command.commandUuid}
      pushProblem={command.pushProblem}
      showsQueue={serverKind !== undefined && serverTraits[serverKind].showsQueue}
      reason={{
        push: refusalFor(actor, 'askDevice'),
        withdraw: refusalFor(actor, 'withdrawCommand'),
      }}
    />
  )

/** Only what is known. "Queued" is about the MDM server, never about the device. */
function deliveryWords(command: Command, kind: ServerKind | undefined): string {
  if (command.withdrawnAt)
    return `${command.withdrawnBy} abandoned it: ${command.withdrawnReason}. The MDM server may still hand it out.`
  if (command.answeredAt) {
    const error =
      command.answerErrorCode === null
        ? ''
        : ` (${errorWords(command.answerErrorDomain ?? '', command.answerErrorCode)})`
    return `The device answered ${command.answerStatus}${error}. That is its claim.`
  }
  const notNow =
    command.notNowCount > 0 ? ` The device said NotNow ${command.notNowCount} times.` : ''
  switch (command.state) {
    case 'queued':
      return `${kind ? serverTraits[kind].accepted : 'The MDM server has it.'} The device has not answered yet.${notNow}`
    case 'unconfirmed':
      return `It may have been sent: do not send it by hand. It is never repeated; the device's own answer settles it, or a lead abandons it.${notNow}`
    case 'refused':
      return 'The MDM server did not accept it. This command is not sent again.'
    case 'notSent':
      return 'The request was provably never sent. It may be released again.'
    case 'sending':
      return 'The one request is on its way.'
    case 'reserved':
      return 'It is recorded and on hold.'
    case 'cancelled':
      return 'It was cancelled before it was sent.'
    case 'lapsed':
      return 'It was not sent, because the device had changed when the hold ended.'
  }
}

/** What means progress is said to be no failure; every other code keeps its bare name. */
function errorWords(domain: string, code: number): string {
  const known = findErrorMeaning(domain, code)
  const progress = known?.class === 'stateReached' ? `: ${known.meaning}, which is no failure` : ''
  return `${domain} ${code}${progress}`
}
