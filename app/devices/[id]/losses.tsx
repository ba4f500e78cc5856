import { List, ListItem, Text, Title } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { type LostStart, lossIn } from '@/lib/db/queries/devices/lost-starts'
import { describeLoss } from '@/lib/domain/trial/lost-start'
import { paths } from '@/lib/paths'

/** The starting states that went without a trial; nothing is drawn where there is none. */
export function Losses({ losses }: { losses: LostStart[] }) {
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
