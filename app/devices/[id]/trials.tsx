import { Group, List, ListItem, Text, Title } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { TrialStatus } from '@/components/trial/trial-status'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { paths } from '@/lib/paths'

/** Every trial on the device: each one that was sent has spent a starting build. */
export function Trials({ trials, asOf }: { trials: Trial[]; asOf?: string | undefined }) {
  return (
    <section aria-label="Trials">
      <Title order={2} size="h4" mb="xs">
        Trials
      </Title>
      {trials.length === 0 ? (
        <Text size="sm" c="dimmed">
          No trial yet: the baseline of this device is not consumed.
        </Text>
      ) : (
        <List listStyleType="none" spacing={6}>
          {trials.map(({ id, number, state, draftedAt, draftedBy, startOs, startBuild, endOs }) => (
            <ListItem key={id}>
              <Group gap="xs" style={{ rowGap: 2 }}>
                <TextLink href={paths.trial(id, { asOf })} size="sm">
                  T-{number}
                </TextLink>
                <TrialStatus state={state} />
                <Text span size="xs" c="dimmed">
                  {startOs && `from ${startOs} (${startBuild})`} {endOs && `to ${endOs}`} drafted{' '}
                  <When at={draftedAt} /> by <UserText>{draftedBy}</UserText>
                </Text>
              </Group>
            </ListItem>
          ))}
        </List>
      )}
    </section>
  )
}
