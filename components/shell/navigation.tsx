'use client'

import { Divider, Loader, NavLink } from '@mantine/core'
import Link, { useLinkStatus } from 'next/link'
import { usePathname } from 'next/navigation'
import type { Actor } from '@/lib/domain/account/actor'
import { withParams } from '@/lib/paths'
import { type Place, placesFor } from './places'

type Props = {
  actor: Actor
  hasVirtualLab: boolean
  /** The environment in the address, carried along to pages that show one. */
  environment: string | null
  onFollow: () => void
}

/** Where this person can go. */
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
