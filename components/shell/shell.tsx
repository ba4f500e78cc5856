'use client'

import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowBarToRight, IconMoon, IconSun } from '@tabler/icons-react'
import { usePathname, useSearchParams } from 'next/navigation'
import type { ReactNode } from 'react'
import { Link } from '@/components/data/link'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'
import { EnvironmentKeeper, useShownEnvironment } from '../data/shown-environment'
import { DraftsOf } from '../forms/drafts'
import { ForgetKept } from '../forms/forget-kept'
import { useReady } from '../forms/ready-form'
import { EnvironmentSwitch, environmentOfPage, hasEnvironments } from './environment-switch'
import { Navigation } from './navigation'
import type { SearchAction } from './search'
import { SearchButton } from './search-button'
import classes from './shell.module.css'
import { UserMenu } from './user-menu'

type Props = {
  actor: Actor
  /** What a page without `?environment=` shows. */
  defaultEnvironment: Environment
  hasVirtualLab: boolean
  signOut: () => Promise<void>
  search: SearchAction
  children: ReactNode
}

/** The frame around every page of a signed-in person. */
export function Shell(props: Props) {
  // An ended session leads to sign-in without a page load: the frame with the person's name must go. And what the
  // browser has kept is shown as it is without a connection.
  if (isSignedOutPage(usePathname())) return props.children
  return (
    <DraftsOf person={props.actor.id}>
      <ForgetKept but={props.actor.id} />
      <EnvironmentKeeper>
        {/* No Suspense here: a page streamed after the frame could no longer answer 403 or 404. */}
        <Frame {...props} />
      </EnvironmentKeeper>
    </DraftsOf>
  )
}

const isSignedOutPage = (pathname: string) =>
  [paths.signIn(), paths.setUp(), paths.trialsOffline(), '/one-time-link'].includes(pathname)

function Frame({ actor, defaultEnvironment, hasVirtualLab, signOut, search, children }: Props) {
  const [opened, { toggle, close }] = useDisclosure(false)
  const ready = useReady()
  const pathname = usePathname()
  const asked = useSearchParams().get('environment')
  const shown = useShownEnvironment()
  const environment = shown ?? environmentOfPage(pathname, asked, defaultEnvironment)

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'md' }}
    >
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <AppShell.Header px="sm">
        <Group h="100%" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              aria-disabled={!ready || undefined}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? 'Close the navigation' : 'Open the navigation'}
              aria-expanded={opened}
            />
            <Brand />
          </Group>
          <Group gap="xs" wrap="nowrap">
            {hasEnvironments(pathname) && environment && (
              <EnvironmentSwitch environment={environment} />
            )}
            <SearchButton search={search} />
            <ColorSchemeToggle />
            <UserMenu actor={actor} signOut={signOut} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <Navigation
          actor={actor}
          hasVirtualLab={hasVirtualLab}
          environment={asked}
          onFollow={close}
        />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main ?? ''}>
        <SimulatedBand hidden={environment !== 'simulated'} />
        {children}
      </AppShell.Main>
    </AppShell>
  )
}

const Brand = () => (
  <Link href={paths.home()} aria-label="Oneway" className={classes.brand ?? ''}>
    <IconArrowBarToRight size={20} aria-hidden />
    <Text span fw={700} className={classes.brandName}>
      Oneway
    </Text>
  </Link>
)

/** Stays visible while simulated records are shown. */
function SimulatedBand({ hidden }: { hidden: boolean }) {
  return (
    <div role="note" aria-label="Simulated" className={classes.band} hidden={hidden}>
      SIMULATED · from the virtual lab, never evidence
    </div>
  )
}

/** Switches between light and dark; until it is used, the system's preference counts. */
function ColorSchemeToggle() {
  const { setColorScheme } = useMantineColorScheme()
  const ready = useReady()
  const shown = useComputedColorScheme('light', { getInitialValueInEffect: true })
  const next = shown === 'dark' ? 'light' : 'dark'
  const Shape = next === 'dark' ? IconMoon : IconSun
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={`Use ${next} colours`}
      title={`Use ${next} colours`}
      onClick={() => setColorScheme(next)}
      aria-disabled={!ready || undefined}
    >
      <Shape size={18} aria-hidden />
    </ActionIcon>
  )
}
