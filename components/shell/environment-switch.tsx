'use client'

import { SegmentedControl } from '@mantine/core'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { type Environment, environments } from '@/lib/domain/device/device'
import { inEnvironment, paths } from '@/lib/paths'
import { useReady } from '../forms/ready-form'

const sections = [
  paths.home(),
  paths.devices(),
  paths.trials(),
  paths.flow(),
  paths.survival(),
  paths.outcomes(),
  paths.contradictions(),
  paths.events(),
  paths.plan(),
  paths.radars(),
  paths.claims(),
]

const sectionOf = (pathname: string) =>
  sections.find((section) => pathname === section || pathname.startsWith(`${section}/`))

/** Whether a page shows the rows of one environment; settings, people, servers and protocols belong to both. */
export const hasEnvironments = (pathname: string): boolean =>
  // A file makes real devices, unless a virtual MDM server is chosen for it.
  pathname !== paths.deviceImport() &&
  // The lab's own fields are those of the devices of both.
  !pathname.startsWith(paths.customFields()) &&
  sectionOf(pathname) !== undefined

/** The environment a page shows by its address; undefined where no environment applies. */
export function environmentOfPage(
  pathname: string,
  asked: string | null,
  byDefault: Environment,
): Environment | undefined {
  if (pathname === paths.lab()) return 'simulated'
  if (!hasEnvironments(pathname)) return undefined
  return environments.find((environment) => environment === asked) ?? byDefault
}

const labels: Record<Environment, string> = { real: 'Real', simulated: 'Simulated' }

/** Changes the environment; a list keeps its other filters, a single thing belongs to one environment and leads to its list. */
export function EnvironmentSwitch({ environment }: { environment: Environment }) {
  const router = useRouter()
  const ready = useReady()
  const pathname = usePathname()
  const search = useSearchParams().toString()
  const section = sectionOf(pathname) ?? paths.devices()
  const change = (next: string) => {
    const chosen = environments.find((one) => one === next)
    if (!chosen) return
    router.push(inEnvironment(section, pathname === section ? search : '', chosen))
  }
  return (
    <SegmentedControl
      size="xs"
      aria-label="Environment"
      value={environment}
      onChange={change}
      disabled={!ready}
      data={environments.map((value) => ({ value, label: labels[value] }))}
    />
  )
}
