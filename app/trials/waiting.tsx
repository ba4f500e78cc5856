import { Alert, List, ListItem } from '@mantine/core'
import { IconSignature } from '@tabler/icons-react'
import { TextLink } from '@/components/links'
import { UserText } from '@/components/text'
import { paths } from '@/lib/paths'
import type { WaitingRelease } from '@/lib/services/waiting-releases'

/** What only waits for somebody like the person who looks. */
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
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
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
            . {second.because}
          </ListItem>
        ))}
      </List>
    </Alert>
  )
}
