'use client'

import { Divider, NavLink } from '@mantine/core'
import {
  type Icon,
  IconAlertTriangle,
  IconArchive,
  IconBell,
  IconBug,
  IconCalendarTime,
  IconChartDots,
  IconClipboardText,
  IconDeviceIpad,
  IconFlask,
  IconGridDots,
  IconHistory,
  IconHome,
  IconInbox,
  IconQuote,
  IconRoute,
  IconScale,
  IconServer,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react'
import { useLinkStatus } from 'next/link'
import { usePathname } from 'next/navigation'
import { Link } from '@/components/data/link'
import { type Actor, mayDo, type Permission } from '@/lib/domain/account/permissions'
import { paths, withParams } from '@/lib/paths'
import { Waiting } from '../data/status'
import { WaitingBadge } from './waiting-badge'

type Place = {
  path: string
  label: string
  icon: Icon
  keepsEnvironment?: boolean
  /** The permission its page requires. */
  needs: Permission
}

const work: Place[] = [
  { path: paths.home(), label: 'Home', icon: IconHome, keepsEnvironment: true, needs: 'look' },
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
  { path: paths.reports(), label: 'Reports', icon: IconArchive, needs: 'look' },
  { path: paths.plan(), label: 'Plan', icon: IconGridDots, keepsEnvironment: true, needs: 'look' },
  {
    path: paths.releases(),
    label: 'Releases',
    icon: IconCalendarTime,
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
  {
    path: paths.claims(),
    label: 'Claims',
    icon: IconQuote,
    keepsEnvironment: true,
    needs: 'look',
  },
  { path: paths.radars(), label: 'Radars', icon: IconBug, keepsEnvironment: true, needs: 'look' },
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
  { path: paths.notices(), label: 'Notices', icon: IconBell, needs: 'look' },
  { path: paths.audit(), label: 'Audit trail', icon: IconHistory, needs: 'readTrail' },
  { path: paths.knownIssues(), label: 'Known issues', icon: IconAlertTriangle, needs: 'look' },
  { path: paths.settings(), label: 'Settings', icon: IconSettings, needs: 'look' },
]

/** The menu entries in two groups: only pages this person may open. */
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

type Props = {
  actor: Actor
  hasVirtualLab: boolean
  /** The environment in the address, carried along to pages that show one. */
  environment: string | null
  onFollow: () => void
}

/** The main menu, with the pages this person may open. */
export function Navigation({ actor, hasVirtualLab, environment, onFollow }: Props) {
  const { work, administration } = placesFor(actor, { hasVirtualLab })
  const link = (place: Place) => (
    <Entry key={place.path} place={place} environment={environment} onFollow={onFollow} />
  )
  return (
    <nav aria-label="Main">
      {work.map(link)}
      <Divider my="xs" />
      {administration.map(link)}
    </nav>
  )
}

type EntryProps = { place: Place; environment: string | null; onFollow: () => void }

function Entry({ place, environment, onFollow }: EntryProps) {
  const { path, label, icon: Shape, keepsEnvironment } = place
  const pathname = usePathname()
  const active = pathname === path || pathname.startsWith(`${path}/`)
  return (
    <NavLink
      component={Link}
      href={keepsEnvironment ? withParams(path, { environment }) : path}
      label={label}
      leftSection={<Shape size={18} stroke={1.6} aria-hidden />}
      rightSection={
        <>
          {path === paths.home() && <WaitingBadge environment={environment} />}
          <Pending />
        </>
      }
      active={active}
      aria-current={active ? 'page' : undefined}
      onClick={onFollow}
      py={6}
      styles={{ root: { borderRadius: 'var(--mantine-radius-sm)' } }}
    />
  )
}

/** The old page stays until the next is ready; only this shows that it is loading. */
function Pending() {
  const { pending } = useLinkStatus()
  return pending ? <Waiting size={12} label="Loading" /> : null
}
