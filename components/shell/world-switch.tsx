'use client'

import { SegmentedControl } from '@mantine/core'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { type World, worlds } from '@/lib/domain/device/device'
import { inWorld, paths } from '@/lib/paths'

const sections = [
  paths.devices(),
  paths.trials(),
  paths.outcomes(),
  paths.contradictions(),
  paths.events(),
]

const sectionOf = (pathname: string) =>
  sections.find((section) => pathname === section || pathname.startsWith(`${section}/`))

/** Whether a page shows the rows of one world; settings, people, servers and protocols belong to both. */
export const hasWorlds = (pathname: string): boolean =>
  // A file makes real devices, unless a virtual MDM server is chosen for it.
  pathname !== paths.deviceImport() && sectionOf(pathname) !== undefined

/** The world a page shows by its address; undefined where no world applies. */
export function worldOfPage(
  pathname: string,
  asked: string | null,
  byDefault: World,
): World | undefined {
  if (pathname === paths.lab()) return 'simulated'
  if (!hasWorlds(pathname)) return undefined
  return worlds.find((world) => world === asked) ?? byDefault
}

const labels: Record<World, string> = { real: 'Real', simulated: 'Simulated' }

/** Changes the world; a list keeps its other filters, a single thing belongs to one world and leads to its list. */
export function WorldSwitch({ world }: { world: World }) {
  const router = useRouter()
  const pathname = usePathname()
  const search = useSearchParams().toString()
  const section = sectionOf(pathname) ?? paths.devices()
  const change = (next: string) => {
    const chosen = worlds.find((one) => one === next)
    if (!chosen) return
    router.push(inWorld(section, pathname === section ? search : '', chosen))
  }
  return (
    <SegmentedControl
      size="xs"
      aria-label="Environment"
      value={world}
      onChange={change}
      data={worlds.map((value) => ({ value, label: labels[value] }))}
    />
  )
}
