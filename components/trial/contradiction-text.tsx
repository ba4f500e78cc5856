import { Group, Text } from '@mantine/core'
import {
  IconArrowsExchange,
  IconBook2,
  IconCalendarOff,
  IconCircleDashed,
  IconCircleX,
  IconFileUnknown,
  IconListSearch,
  IconPlayerPlay,
  IconVolumeOff,
} from '@tabler/icons-react'
import { type ContradictionKind, contradictionInfo } from '@/lib/domain/contradiction/finding'
import type { Citation as Cite } from '@/lib/domain/rules/rule'
import { Citation } from '../data/links'
import { Status, type StatusLook } from '../data/status'
import { UserText } from '../data/text'

const shapes: Record<ContradictionKind, Pick<StatusLook, 'icon' | 'color'>> = {
  typeDiffers: { icon: IconArrowsExchange, color: 'red' },
  valueNotListed: { icon: IconListSearch, color: 'red' },
  requiredMissing: { icon: IconCircleDashed, color: 'red' },
  notDocumented: { icon: IconFileUnknown, color: 'orange' },
  undocumentedError: { icon: IconCircleX, color: 'red' },
  errorThoughStarted: { icon: IconPlayerPlay, color: 'red' },
  outsideDocumentedVersions: { icon: IconCalendarOff, color: 'orange' },
  documentedSilence: { icon: IconVolumeOff, color: 'gray' },
  documentationInconsistent: { icon: IconBook2, color: 'blue' },
}

/** What the comparison of a reply with Apple's documents came to at one key path. */
function ContradictionKindBadge({ kind }: { kind: ContradictionKind }) {
  const { label, meaning } = contradictionInfo[kind]
  return <Status look={{ ...shapes[kind], word: label, meaning }} />
}

export type ShownContradiction = {
  kind: ContradictionKind
  requestType: string
  path: string
  observed: string
  expected: string
  reason: string
  cites: readonly Cite[]
  reported: readonly Cite[]
  documentation: string
}

/** One contradiction: what was seen where, what is documented, and the sources of both. */
export function ContradictionText({ shown }: { shown: ShownContradiction }) {
  const { kind, requestType, path, observed, expected, reason, cites, reported } = shown
  return (
    <div>
      <Group gap="xs" style={{ rowGap: 0 }}>
        <ContradictionKindBadge kind={kind} />
        <Text span size="sm" style={{ overflowWrap: 'anywhere' }}>
          {requestType}: <code>{path}</code>
        </Text>
      </Group>
      {kind !== 'documentationInconsistent' && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          seen <UserText>{observed}</UserText>, documented: {expected}
        </Text>
      )}
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        <UserText>{reason}</UserText>. Compared with {shown.documentation}.
      </Text>
      <Group gap="sm" style={{ rowGap: 0 }}>
        {cites.map((cite) => (
          <Citation key={cite.url} cite={cite} />
        ))}
        {reported.map((cite) => (
          <span key={cite.url}>
            <Text span size="xs" c="dimmed">
              also reported:
            </Text>{' '}
            <Citation cite={cite} />
          </span>
        ))}
      </Group>
    </div>
  )
}
