import { Group, List, ListItem, Paper, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/data/empty-state'
import { ButtonLink, TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { CommandStatus } from '@/components/trial/command-status'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { listUnconfirmed, type UnconfirmedSend } from '@/lib/db/queries/trials/unconfirmed'
import type { Actor } from '@/lib/domain/account/permissions'
import { isDeclaration, slotName } from '@/lib/domain/trial/mechanism'
import { describeSlot } from '@/lib/domain/trial/offered-target'
import { serverTraits } from '@/lib/mdm/server-kinds'
import { paths } from '@/lib/paths'
import { CommandActions } from '../[id]/release/delivery'
import { Signing } from '../[id]/release/signing'

export const metadata: Metadata = { title: 'Unconfirmed sends' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Commands that may have been sent: what is known, what would settle it, and what a person can do. */
export default async function UnconfirmedPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const { environment, reason } = await resolveEnvironment(db, (await searchParams).environment)
  const sends = await listUnconfirmed(db, environment)
  return (
    <>
      <PageHeader
        marks={<LiveTable of={['trials']} />}
        title="Unconfirmed sends"
        environment={environment}
        environmentReason={reason}
        description="Commands that may have been sent. None is ever repeated. Do not send one by hand: the device may already have it."
      />
      {sends.length === 0 ? (
        <EmptyState
          title="Nothing is unconfirmed"
          icon={IconCircleCheck}
          action={<ButtonLink href={paths.trials({ environment })}>To the trials</ButtonLink>}
        >
          No command is unconfirmed. A command that was abandoned before it was settled stays on its
          trial.
        </EmptyState>
      ) : (
        <Stack gap="md" maw={900}>
          {sends.map((send) => (
            <Send key={send.command.commandUuid} send={send} actor={actor} />
          ))}
        </Stack>
      )}
    </>
  )
}

function Send({ send, actor }: { send: UnconfirmedSend; actor: Actor }) {
  const { command, plan, trialNumber, deviceId, labTag, deviceName } = send
  const trialId = command.trialId ?? ''
  const ordinal = command.slotOrdinal ?? 1
  const slot = plan.slots[ordinal - 1]
  return (
    <Paper withBorder p="md" component="section" aria-label={`T-${trialNumber}`}>
      <Group gap="xs" mb="xs">
        <Title order={2} size="h4">
          <TextLink href={paths.trial(trialId)} inherit>
            T-{trialNumber}
          </TextLink>
          , {slotName(slot, ordinal).toLowerCase()}
          {slot && `: ${describeSlot(slot)}`}
        </Title>
        <CommandStatus
          state={command.state}
          declaration={slot !== undefined && isDeclaration(slot)}
        />
      </Group>
      <Text size="sm" mb="xs">
        For{' '}
        <TextLink href={paths.device(deviceId)} size="sm">
          <UserText>{[labTag, deviceName].filter(Boolean).join(' ')}</UserText>
        </TextLink>{' '}
        through <UserText>{send.serverName}</UserText>, released by{' '}
        <UserText>{command.reservedByName}</UserText>.
      </Text>
      <Evidence send={send} />
      <Signing trialId={trialId}>
        <CommandActions command={command} serverKind={send.serverKind} actor={actor} />
      </Signing>
    </Paper>
  )
}

/** Facts only: neither silence nor a poll without an answer proves anything. */
function Evidence({ send: { command, lastSeenAt, serverKind } }: { send: UnconfirmedSend }) {
  const { sendingAt, reason, httpStatus, notNowCount } = command
  const server = serverKind && serverTraits[serverKind]
  const contacted = lastSeenAt !== null && sendingAt !== null && lastSeenAt > sendingAt
  return (
    <>
      <Text size="sm" fw={600}>
        What is known
      </Text>
      <List size="sm" mb="xs">
        {sendingAt && (
          <ListItem>
            The one request was sent <When at={sendingAt} exact />
            {httpStatus !== null && `; the answer was HTTP ${httpStatus}`}.
          </ListItem>
        )}
        {reason && (
          <ListItem>
            <UserText>{reason}</UserText>
          </ListItem>
        )}
        <ListItem>
          {contacted
            ? 'The device was in contact since, '
            : 'No contact with the device since; last contact '}
          {lastSeenAt ? <When at={lastSeenAt} exact /> : 'never'}
          {contacted && ', and has not answered this command; that proves nothing'}.
        </ListItem>
        {notNowCount > 0 && <ListItem>It said NotNow {notNowCount} times: it has it.</ListItem>}
      </List>
      <Text size="sm" fw={600}>
        What would settle it
      </Text>
      <List size="sm" mb="xs">
        <ListItem>
          The device’s own answer to <code>{command.commandUuid}</code>, or another OS build on it.
        </ListItem>
        {server?.showsQueue && <ListItem>The command, seen in {server.name}’s queue.</ListItem>}
      </List>
      <Text size="sm" mb="xs">
        Wait for that, or have a lead abandon the command with a reason. Both leave the command in
        the record; neither sends it again.
      </Text>
    </>
  )
}
