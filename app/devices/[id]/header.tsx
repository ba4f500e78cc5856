import { Group } from '@mantine/core'
import { IconMessageQuestion } from '@tabler/icons-react'
import { ButtonLink, TextLink } from '@/components/data/links'
import { Live } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { OverallBadge } from '@/components/device/verdict-badge'
import { ActionButton } from '@/components/forms/action-button'
import type { Device } from '@/lib/db/queries/devices/devices'
import type { Command } from '@/lib/db/queries/trials/commands'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { isHeld } from '@/lib/domain/device/hold'
import type { Qualification } from '@/lib/domain/rules/qualify'
import { paths } from '@/lib/paths'
import { askDeviceAction } from '../actions'
import { openCommandOf } from './device'
import { DeviceMenu } from './menu'

type Props = {
  device: Device
  commands: Command[]
  /** Undefined in a history, which has no actions. */
  current: { actor: Actor; qualification: Qualification } | undefined
}

/** The device by its names, and what can be done with it now. */
export function Header({ device, commands, current }: Props) {
  const { id, labTag, name, platform, modelName, modelIdentifier } = device
  return (
    <PageHeader
      title={<UserText>{labTag ?? name}</UserText>}
      environment={device.simulated ? 'simulated' : 'real'}
      marks={
        current && (
          <>
            <OverallBadge overall={current.qualification.overall} />
            <Live deviceId={id} />
          </>
        )
      }
      description={
        <>
          {labTag && (
            <>
              <UserText>{name}</UserText>
              {' · '}
            </>
          )}
          {platform} · <UserText>{modelName ?? modelIdentifier ?? 'model not known'}</UserText>
          {current && <LastSeen device={device} />}
        </>
      }
      action={current && <Actions device={device} commands={commands} actor={current.actor} />}
    />
  )
}

const LastSeen = ({ device: { id, labTag, lastSeenAt } }: { device: Device }) => (
  <>
    {' · '}
    {lastSeenAt ? (
      <>
        last seen <When at={lastSeenAt} />
      </>
    ) : (
      'never seen by the MDM server'
    )}
    {labTag === null && (
      <>
        {' · '}
        <TextLink href={paths.deviceEdit(id)}>give it a lab tag</TextLink>
      </>
    )}
  </>
)

type ActionsProps = { device: Device; commands: Command[]; actor: Actor }

const Actions = ({ device, commands, actor }: ActionsProps) => (
  <Group gap="xs">
    <QueryButton
      deviceId={device.id}
      reason={whyNotAsk(actor, device)}
      openCommand={openCommandOf(commands)}
    />
    <ButtonLink href={paths.deviceEdit(device.id)} variant="default">
      Edit
    </ButtonLink>
    <DeviceMenu
      deviceId={device.id}
      held={isHeld(device, new Date())}
      retired={device.retiredAt !== null}
      reason={{
        hold: refusalFor(actor, 'holdDevice'),
        retire: refusalFor(actor, 'retireDevice'),
      }}
    />
  </Group>
)

function whyNotAsk(actor: Actor, device: Device): string | undefined {
  if (device.retiredAt) return 'The device is retired.'
  if (device.mdmServerId === null) return 'It belongs to no MDM server: choose one under Edit.'
  if (device.enrollmentId === null) return 'It has no enrollment ID: write it under Edit.'
  return refusalFor(actor, 'askDevice')
}

type QueryProps = {
  deviceId: string
  /** Why it cannot be queried at all. */
  reason: string | undefined
  /** What must be answered first. */
  openCommand: string | undefined
}

/** Sends the queries. They are listed under "Commands" at once; the readings change when the answers arrive. */
const QueryButton = ({ deviceId, reason, openCommand }: QueryProps) => (
  <ActionButton
    act={askDeviceAction.bind(null, deviceId)}
    refusedTitle="Not queried"
    reason={reason ?? openCommand}
    leftSection={<IconMessageQuestion size={16} aria-hidden />}
  >
    {openCommand && !reason ? 'Querying…' : 'Query device'}
  </ActionButton>
)
