import { Alert, List, ListItem, Text } from '@mantine/core'
import { IconAlertTriangle, IconSignature } from '@tabler/icons-react'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import type { WaitingRelease } from '@/lib/core/release/waiting-releases'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'

/** Commands that may have been sent: shown above the list until they are settled. */
export function UnconfirmedSends({
  count,
  environment,
}: {
  count: number
  environment: Environment
}) {
  if (count === 0) return null
  return (
    <Alert
      component="section"
      role="region"
      aria-label="Unconfirmed sends"
      variant="outline"
      color="red"
      icon={<IconAlertTriangle aria-hidden />}
      mb="md"
    >
      <Text size="sm">
        {count === 1 ? 'One command' : `${count} commands`} may have been sent.{' '}
        <TextLink href={paths.unconfirmed({ environment })} size="sm">
          What is known, and what would settle it
        </TextLink>
      </Text>
    </Alert>
  )
}

/** Trials and commands that wait for a signature this person may give. */
export function WaitingForYou({ releases }: { releases: WaitingRelease[] }) {
  if (releases.length === 0) return null
  return (
    <Alert
      component="section"
      role="region"
      aria-label="Waiting for your signature"
      variant="outline"
      color="blue"
      icon={<IconSignature aria-hidden />}
      title="Waiting for your signature"
      mb="md"
    >
      <List size="sm">
        {releases.map(({ trialId, number, ordinal, deviceName, armedBy, second }) => (
          <ListItem key={trialId}>
            <TextLink href={paths.trial(trialId)}>
              T-{number}, command {ordinal}
            </TextLink>{' '}
            for <UserText>{deviceName}</UserText>
            {armedBy && (
              <>
                , armed by <UserText>{armedBy}</UserText>
              </>
            )}
            . {second.reason}
          </ListItem>
        ))}
      </List>
    </Alert>
  )
}
