import { Alert, Group, List, ListItem, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ActionButton } from '@/components/forms/action-button'
import { lossIn, type UnseenLoss } from '@/lib/db/queries/devices/outside-updates'
import { describeLoss } from '@/lib/domain/trial/outside-update'
import { paths } from '@/lib/paths'
import { acknowledgeLossAction } from './actions'

/** For leads: devices that were updated outside a trial, until a lead has acknowledged it. */
export function UnseenLosses({ rows, count }: { rows: UnseenLoss[]; count: number }) {
  if (count === 0) return null
  const title =
    count === 1
      ? 'A device was updated outside a trial'
      : `${count} devices were updated outside a trial`
  return (
    <Alert
      color="yellow"
      variant="outline"
      mb="sm"
      icon={<IconAlertTriangle aria-hidden />}
      title={title}
    >
      <List listStyleType="none" spacing="xs">
        {rows.map((loss) => (
          <ListItem key={loss.id}>
            <Group gap="sm" justify="space-between">
              <Text size="sm">
                <TextLink href={paths.device(loss.deviceId)}>
                  <UserText>{loss.labTag ?? loss.deviceName}</UserText>
                </TextLink>{' '}
                <UserText>{describeLoss(lossIn(loss))}</UserText> Seen <When at={loss.seenAt} />.
              </Text>
              <ActionButton
                act={acknowledgeLossAction.bind(null, loss.id)}
                refusedTitle="Not acknowledged"
                size="xs"
                variant="default"
                aria-label={`Acknowledge the loss of ${loss.labTag ?? loss.deviceName}`}
              >
                Acknowledge
              </ActionButton>
            </Group>
          </ListItem>
        ))}
      </List>
      {count > rows.length && (
        <Text size="sm" c="dimmed" mt="xs">
          {count - rows.length} more; they follow when these are acknowledged.
        </Text>
      )}
    </Alert>
  )
}
