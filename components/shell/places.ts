import {
  type Icon,
  IconChartDots,
  IconClipboardText,
  IconDeviceIpad,
  IconFlask,
  IconHistory,
  IconInbox,
  IconRoute,
  IconScale,
  IconServer,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react'
import { type Actor, type Deed, mayDo } from '@/lib/domain/account/actor'
import { paths } from '@/lib/paths'

export type Place = {
  path: string
  label: string
  icon: Icon
  keepsEnvironment?: boolean
  /** What its page asks for before it shows anything. */
  needs: Deed
}

const work: Place[] = [
  {
    path: paths.devices(),
    label: 'Devices',
    icon: IconDeviceIpad,
    keepsEnvironment: true,
    needs: 'look',
  },
  { path: paths.trials(), label: 'Trials', icon: IconRoute, keepsEnvironment: true, needs: 'look' },
  { path: paths.protocols(), label: 'Protocols', icon: IconClipboardText, needs: 'look' },
  {
    path: paths.outcomes(),
    label: 'Outcomes',
    icon: IconChartDots,
    keepsEnvironment: true,
    needs: 'look',
  },
  {
    path: paths.contradictions(),
    label: 'Contradictions',
    icon: IconScale,
    keepsEnvironment: true,
    needs: 'look',
  },
  { path: paths.events(), label: 'Events', icon: IconInbox, keepsEnvironment: true, needs: 'look' },
]
const virtualLab: Place = {
  path: paths.lab(),
  label: 'Virtual lab',
  icon: IconFlask,
  needs: 'look',
}
const administration: Place[] = [
  { path: paths.servers(), label: 'MDM servers', icon: IconServer, needs: 'look' },
  { path: paths.people(), label: 'People', icon: IconUsers, needs: 'managePeople' },
  { path: paths.audit(), label: 'Audit trail', icon: IconHistory, needs: 'readTrail' },
  { path: paths.settings(), label: 'Settings', icon: IconSettings, needs: 'look' },
]

/** The entries of the menu, in two groups: only pages that let this person in. */
export function placesFor(
  actor: Actor,
  { hasVirtualLab }: { hasVirtualLab: boolean },
): { work: Place[]; administration: Place[] } {
  const open = (places: Place[]) => places.filter(({ needs }) => mayDo(actor, needs))
  return {
    work: open(hasVirtualLab ? [...work, virtualLab] : work),
    administration: open(administration),
  }
}
