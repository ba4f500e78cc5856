import { Alert, List, ListItem, Stack, Text } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { declaredTimeOf, storedItemsOf } from '@/lib/core/release/stored-declaration'
import type { Command } from '@/lib/db/queries/trials/commands'
import type { DeclarationRemoval } from '@/lib/db/queries/trials/declaration-steps'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { mayBeReleasedAgain, onTheWayStates, waitsForAnswer } from '@/lib/domain/trial/command-slot'
import { stepOutcomeWords, stepWords } from '@/lib/domain/trial/declaration-step'
import { declarationSight } from '@/lib/domain/trial/delivery-words'
import { isDeclaration, pastTimeInfo } from '@/lib/domain/trial/mechanism'
import { isClosed } from '@/lib/domain/trial/trial'
import { WithdrawDeclaration } from './withdraw-declaration'

type Props = { command: Command; view: TrialView; actor: Actor | undefined }

/** What became of a declaration: what its server stored, what its device did, and whether it was taken back. */
export function DeclarationDelivery({ command, view, actor }: Props) {
  const { commandUuid } = command
  const removal = view.removals.find((one) => one.commandUuid === commandUuid)
  const steps = view.declarationSteps.filter((one) => one.commandUuid === commandUuid)
  const isOnItsWay = onTheWayStates.some((state) => state === command.state)
  const mayWithdraw =
    !isOnItsWay && !mayBeReleasedAgain(command.state) && !isClosed(view.trial.state)
  return (
    <Stack gap="xs">
      <Text size="sm">{declarationWords(command)}</Text>
      <DeclaredTime command={command} view={view} />
      <Subscription command={command} />
      {removal && <Removal removal={removal} />}
      {steps.length > 0 && (
        <details>
          <summary>
            {steps.length} {steps.length === 1 ? 'request' : 'requests'} and readings
          </summary>
          <List size="sm" type="ordered" aria-label={`Steps of declaration ${command.slotOrdinal}`}>
            {steps.map(({ id, step, outcome, at, reason, httpStatus }) => (
              <ListItem key={id}>
                <When at={at} /> {stepWords[step]}: {stepOutcomeWords[outcome]}
                {httpStatus !== null && ` (${httpStatus})`}.{' '}
                <Text span size="xs" c="dimmed">
                  <UserText>{reason}</UserText>
                </Text>
              </ListItem>
            ))}
          </List>
        </details>
      )}
      {actor && mayWithdraw && !removal && <DeclarationActions command={command} actor={actor} />}
    </Stack>
  )
}

/** What this person can do about a declaration that is, or may be, attached to its device. */
export const DeclarationActions = ({ command, actor }: { command: Command; actor: Actor }) => (
  <WithdrawDeclaration
    trialId={command.trialId ?? ''}
    commandUuid={command.commandUuid}
    pushProblem={command.pushProblem}
    waits={waitsForAnswer(command)}
    reason={{
      notify: refusalFor(actor, 'askDevice'),
      withdraw: refusalFor(actor, 'withdrawCommand'),
    }}
  />
)

/** When it is enforced: the one time at which somebody has to look at the device. */
function DeclaredTime({ command, view }: Pick<Props, 'command' | 'view'>) {
  const local = declaredTimeOf(command)
  const slot = view.version.plan.slots[(command.slotOrdinal ?? 1) - 1]
  if (local === undefined || !slot || !isDeclaration(slot)) return null
  const zone = view.trial.startingState?.timeZone?.value
  return (
    <Text size="sm">
      It names <b>{local}</b> by the device’s own clock
      {zone !== undefined && (
        <>
          {' '}
          (<UserText>{zone}</UserText> at the release)
        </>
      )}
      .{slot.when.kind === 'asSoonAsPossible' && ` ${pastTimeInfo}`}
    </Text>
  )
}

/** What the device is asked to report, as it was stored. */
function Subscription({ command }: Pick<Props, 'command'>) {
  const items = storedItemsOf(command)
  if (items.length === 0) return null
  return (
    <details>
      <summary>It subscribes the device to {items.length} status items</summary>
      <Text size="xs">{items.join(', ')}</Text>
    </details>
  )
}

/** "Removed" only once the device was seen without it; before that, what the server has done and what may still happen. */
function Removal({ removal }: { removal: DeclarationRemoval }) {
  const { detachedAt, finishedAt, seenGoneAt, seenGoneHow, byName, reason, requestedAt } = removal
  return (
    <Alert
      color={seenGoneAt ? 'green' : 'yellow'}
      variant="outline"
      title={seenGoneAt ? 'Removed' : finishedAt ? 'Withdrawn at its server' : 'Being withdrawn'}
    >
      <Text size="sm">
        <UserText>{byName}</UserText> withdrew it <When at={requestedAt} />:{' '}
        <UserText>{reason}</UserText>
      </Text>
      <Text size="sm">
        {detachedAt ? (
          <>
            Its server detached it <When at={detachedAt} />
            {finishedAt
              ? ', and holds nothing of it any more.'
              : '. It is still being cleared up, and looked at until nothing of it can arrive.'}
          </>
        ) : (
          'Its server has not detached it yet: the device may still learn of it.'
        )}
      </Text>
      <Text size="sm">
        {seenGoneAt ? (
          <>
            {seenGoneHow} <When at={seenGoneAt} />.
          </>
        ) : (
          'The device has not been seen without it: it has not asked for its list since, nor reported it as removed. Until it has fetched what holds now it may act on it, and an installation that it has begun goes on.'
        )}
      </Text>
    </Alert>
  )
}

/** Only what is known: "queued" is about the server of declarations, never about the device. */
function declarationWords(command: Command): string {
  if (command.answeredAt)
    return `${declarationSight(command.answerStatus)}. Whether it installs is judged by the OS that is read from it.`
  switch (command.state) {
    case 'queued':
      return 'Its server has attached it to the device. Stored is not sent: the device has neither fetched it nor reported about it yet.'
    case 'unconfirmed':
      return 'It may be attached to the device. It is never attached again: what its server holds is read back, or the device’s own fetch settles it, or a lead withdraws it.'
    case 'refused':
      return 'Its server refused to attach it. It is not sent again.'
    case 'notSent':
      return 'It was provably never attached. It may be released again, with the same bytes.'
    case 'sending':
      return 'Its requests are on their way.'
    case 'reserved':
      return 'It is recorded and on hold.'
    case 'cancelled':
      return 'It was cancelled before it was sent.'
    case 'lapsed':
      return 'It was not sent: the device, or what its server holds for it, had changed when the hold ended.'
  }
}
