import { Badge, Text } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import {
  type VersionEvent,
  type VersionState,
  versionStateWords,
} from '@/lib/domain/trial/protocol-life'

/** The state of a version, in words; colour only underlines it. */
export const VersionStateBadge = ({ state }: { state: VersionState }) => (
  <Badge
    variant="outline"
    radius="sm"
    tt="none"
    miw="max-content"
    color={state === 'draft' ? 'orange' : state === 'retired' ? 'gray' : 'teal'}
  >
    {versionStateWords[state]}
  </Badge>
)

const eventWords: Record<VersionEvent['kind'], string> = {
  reviewed: 'Reviewed',
  usedBefore: 'In use since before versions were reviewed: nobody reviewed it',
  retired: 'Retired',
}

/** What happened to a version since it was saved. */
export const VersionLife = ({ events }: { events: readonly VersionEvent[] }) =>
  events.map(({ kind, at, byName, reason }) => (
    <Text key={kind} size="sm">
      {eventWords[kind]}
      {kind !== 'usedBefore' && (
        <>
          {' '}
          by <UserText>{byName}</UserText> <When at={at} />
          {reason && (
            <>
              : <UserText>{reason}</UserText>
            </>
          )}
        </>
      )}
    </Text>
  ))
