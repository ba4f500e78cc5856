import {
  IconArrowsExchange,
  IconBook2,
  IconCalendarOff,
  IconCircleDashed,
  IconCircleX,
  IconFileUnknown,
  IconListSearch,
  IconVolumeOff,
} from '@tabler/icons-react'
import { type ContradictionKind, contradictionInfo } from '@/lib/domain/contradiction/finding'
import { Status, type StatusLook } from '../data/status'

const shapes: Record<ContradictionKind, Pick<StatusLook, 'icon' | 'color'>> = {
  typeDiffers: { icon: IconArrowsExchange, color: 'red' },
  valueNotListed: { icon: IconListSearch, color: 'red' },
  requiredMissing: { icon: IconCircleDashed, color: 'red' },
  notDocumented: { icon: IconFileUnknown, color: 'orange' },
  undocumentedError: { icon: IconCircleX, color: 'red' },
  outsideDocumentedVersions: { icon: IconCalendarOff, color: 'orange' },
  documentedSilence: { icon: IconVolumeOff, color: 'gray' },
  documentationInconsistent: { icon: IconBook2, color: 'blue' },
}

/** What the comparison of a reply with Apple's documents came to at one key path. */
export function ContradictionKindBadge({ kind }: { kind: ContradictionKind }) {
  const { label, meaning } = contradictionInfo[kind]
  return <Status look={{ ...shapes[kind], word: label, meaning }} />
}
