import { Group, List, ListItem, Text, Title } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { TrialStatus } from '@/components/trial/trial-status'
import { authorize } from '@/lib/auth/guard'
import { lossIn, type OutsideUpdate } from '@/lib/db/queries/devices/outside-updates'
import { listEventsOfDevice } from '@/lib/db/queries/events/event-list'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { eventKindWords } from '@/lib/domain/server/server-check'
import { describeLoss } from '@/lib/domain/trial/outside-update'
import { paths } from '@/lib/paths'

/** Every trial on the device: each one that was sent has consumed a baseline. */
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

const maxShown = 8

/** The newest events of a device, whatever they are: also declarative management and user channels. */
export async function DeviceEvents({ deviceId }: { deviceId: string }) {
  const { db } = await authorize('look')
  const events = await listEventsOfDevice(db, deviceId, maxShown)
  if (events.length === 0) return null
  return (
    <section aria-label="Latest events">
      <Title order={2} size="h4" mb="xs">
        Latest events
      </Title>
      <List listStyleType="none" spacing="xs">
        {events.map(({ id, kind, topic, status, receivedAt }) => (
          <ListItem key={id}>
            <TextLink href={paths.event(id)} size="sm">
              {kind ? eventKindWords[kind] : 'Event'}
            </TextLink>
            <Text size="xs" c="dimmed">
              <UserText>{[topic, status].filter(Boolean).join(' ')}</UserText>{' '}
              <When at={receivedAt} />
            </Text>
          </ListItem>
        ))}
      </List>
    </section>
  )
}

/** The starting states that went without a trial; nothing is drawn where there is none. */
export function Losses({ losses }: { losses: OutsideUpdate[] }) {
  if (losses.length === 0) return null
  return (
    <section aria-label="Updated outside a trial">
      <Title order={2} size="h4" mb="xs">
        Updated outside a trial
      </Title>
      <List listStyleType="none" spacing="xs">
        {losses.map((loss) => (
          <ListItem key={loss.id}>
            <Text size="sm">
              <UserText>{describeLoss(lossIn(loss))}</UserText>
            </Text>
            <Text size="xs" c="dimmed">
              seen <When at={loss.seenAt} />
              {loss.rawEventId !== null && (
                <>
                  {' in '}
                  <TextLink href={paths.event(loss.rawEventId)} size="xs">
                    event {loss.rawEventId}
                  </TextLink>
                </>
              )}
              {loss.acknowledgedAt ? (
                <>
                  {' · acknowledged by '}
                  <UserText>{loss.acknowledgedBy}</UserText> <When at={loss.acknowledgedAt} />
                </>
              ) : (
                ' · not acknowledged by a lead yet'
              )}
            </Text>
          </ListItem>
        ))}
      </List>
    </section>
  )
}
