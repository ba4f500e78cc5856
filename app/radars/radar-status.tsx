import {
  IconCircleCheck,
  IconCopy,
  IconEye,
  IconHelpCircle,
  IconPencil,
  IconRefresh,
  IconSend,
  IconTool,
} from '@tabler/icons-react'
import { Status, type StatusLook } from '@/components/data/status'
import { type RadarState, radarStateInfo } from '@/lib/domain/radar/radar'

const shapes: Record<RadarState, Pick<StatusLook, 'icon' | 'color'>> = {
  drafted: { icon: IconPencil, color: 'gray' },
  filed: { icon: IconSend, color: 'blue' },
  acknowledged: { icon: IconEye, color: 'blue' },
  duplicate: { icon: IconCopy, color: 'gray' },
  claimedFixed: { icon: IconTool, color: 'orange' },
  verifiedFixed: { icon: IconCircleCheck, color: 'green' },
  stillPresent: { icon: IconRefresh, color: 'red' },
  notReproducible: { icon: IconHelpCircle, color: 'gray' },
}

/** Where a radar stands. */
export function RadarStatus({ state }: { state: RadarState }) {
  const { label, meaning } = radarStateInfo[state]
  return <Status look={{ ...shapes[state], word: label, meaning }} />
}
