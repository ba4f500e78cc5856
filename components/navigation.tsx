'use client'

import { Divider, Loader, NavLink } from '@mantine/core'
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
import Link, { useLinkStatus } from 'next/link'
import { usePathname } from 'next/navigation'
import { paths, withParams } from '@/lib/paths'

type Place = { path: string; label: string; icon: Icon; keepsWorld?: boolean }

const work: Place[] = [
  { path: paths.devices(), label: 'Devices', icon: IconDeviceIpad, keepsWorld: true },
  { path: paths.trials(), label: 'Trials', icon: IconRoute, keepsWorld: true },
  { path: paths.protocols(), label: 'Protocols', icon: IconClipboardText },
  { path: paths.outcomes(), label: 'Outcomes', icon: IconChartDots, keepsWorld: true },
  { path: paths.contradictions(), label: 'Contradictions', icon: IconScale, keepsWorld: true },
  { path: paths.events(), label: 'Events', icon: IconInbox, keepsWorld: true },
]
const virtualLab: Place = { path: paths.lab(), label: 'Virtual lab', icon: IconFlask }
const house: Place[] = [
  { path: paths.servers(), label: 'MDM servers', icon: IconServer },
  { path: paths.people(), label: 'People', icon: IconUsers },
  { path: paths.audit(), label: 'Audit trail', icon: IconHistory },
  { path: paths.settings(), label: 'Settings', icon: IconSettings },
]

type Props = {
  hasVirtualLab: boolean
  /** The world in the address, carried along to pages that show one. */
  world: string | null
  onFollow: () => void
}

/** Where one can go. */
export function Navigation({ hasVirtualLab, world, onFollow }: Props) {
  const link = (place: Place) => (
    <Entry key={place.path} place={place} world={world} onFollow={onFollow} />
  )
  return (
    <nav aria-label="Main">
      {work.map(link)}
      {hasVirtualLab && link(virtualLab)}
      <Divider my="xs" />
      {house.map(link)}
    </nav>
  )
}

type EntryProps = { place: Place; world: string | null; onFollow: () => void }

function Entry({ place, world, onFollow }: EntryProps) {
  const { path, label, icon: Shape, keepsWorld } = place
  const pathname = usePathname()
  const active = pathname === path || pathname.startsWith(`${path}/`)
  return (
    <NavLink
      component={Link}
      href={keepsWorld ? withParams(path, { world }) : path}
      label={label}
      leftSection={<Shape size={18} stroke={1.6} aria-hidden />}
      rightSection={<Pending />}
      active={active}
      aria-current={active ? 'page' : undefined}
      onClick={onFollow}
      py={6}
      styles={{ root: { borderRadius: 'var(--mantine-radius-sm)' } }}
    />
  )
}

/** The page before stays until the next is ready, so that this is the only sign of the way there. */
function Pending() {
  const { pending } = useLinkStatus()
  return pending ? <Loader size={12} aria-label="Loading" /> : null
}
