import { List, ListItem, Text } from '@mantine/core'
import { Card } from '@/components/data/card'
import { TextLink } from '@/components/data/links'
import type { Environment } from '@/lib/domain/device/device'
import type { WaitingItem, WaitingKind } from '@/lib/domain/waiting'
import { type Params, paths } from '@/lib/paths'

/** The list in which it waits, as filtered as that list can be. */
const lists: Record<WaitingKind, (at: Params) => string> = {
  sendingStops: paths.servers,
  alarms: paths.devices,
  unconfirmed: paths.unconfirmed,
  servers: paths.servers,
  deadlines: (at) => paths.trials({ ...at, state: 'observing' }),
  counterSignatures: paths.trials,
  turns: paths.planQueue,
  losses: paths.devices,
  gaps: (at) => paths.trials({ ...at, state: 'observing' }),
  adjudications: paths.agreement,
  secondReadings: paths.agreement,
  queriesToAnswer: (at) => paths.trials({ ...at, review: 'queried' }),
  queriesToClose: (at) => paths.trials({ ...at, review: 'queried' }),
  reviews: (at) => paths.trials({ ...at, review: 'toReview' }),
  locks: (at) => paths.trials({ ...at, review: 'approved' }),
  protocolReviews: () => paths.protocols(),
  handOvers: (at) => paths.devices({ ...at, custody: 'offered' }),
  newErrors: paths.contradictions,
  untagged: (at) => paths.devices({ ...at, sort: 'labTag' }),
}

type Props = { items: readonly WaitingItem[]; environment: Environment }

/** What waits for the person who looks; each line leads to its list. */
export const WaitingCard = ({ items, environment }: Props) => (
  <Card title="Waiting for you">
    {items.length === 0 ? (
      <Text size="sm">Nothing waits for you here.</Text>
    ) : (
      <List listStyleType="none" spacing="sm">
        {items.map(({ kind, title, step }) => (
          <ListItem key={kind}>
            <TextLink href={lists[kind]({ environment })} fw={600}>
              {title}
            </TextLink>
            <Text size="sm" c="dimmed">
              {step}
            </Text>
          </ListItem>
        ))}
      </List>
    )}
  </Card>
)
