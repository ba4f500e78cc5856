import './mantine-styles'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './globals.css'
import { Alert, ColorSchemeScript, mantineHtmlProps, Text } from '@mantine/core'
import { IconAlertOctagon } from '@tabler/icons-react'
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { TextLink } from '@/components/data/links'
import { PrintedHead } from '@/components/data/page-header'
import { Clock } from '@/components/data/when'
import { Shell } from '@/components/shell/shell'
import { type Authorized, authorizeIfSignedIn } from '@/lib/auth/guard'
import { findAuditHead } from '@/lib/db/audit/page'
import { hasVirtualLab, resolveEnvironment } from '@/lib/db/queries/environments'
import { listOpenStops } from '@/lib/db/queries/servers/sending-stops'
import { paths } from '@/lib/paths'
import { Providers } from './providers'
import { searchAction } from './search-actions'
import { SendWaiting } from './send-waiting'
import { signOutAction } from './sign-out-action'

// Every page shows who is signed in and what the database holds now; prerendered at build time it would show neither.
export const dynamic = 'force-dynamic'

export const metadata: Metadata = {
  title: { default: 'Oneway', template: '%s · Oneway' },
  description: 'The lab notebook and safety interlock for irreversible OS-update trials',
  robots: { index: false, follow: false },
}

export const viewport: Viewport = { width: 'device-width', initialScale: 1 }

export default async function RootLayout({ children }: { children: ReactNode }) {
  const authorized = await authorizeIfSignedIn()
  // Made by lib/web for this response: without it no script and no style of this page counts.
  const asked = await headers()
  const nonce = asked.get('x-oneway-nonce') ?? undefined
  const at = asked.get('x-oneway-arrived') ?? new Date().toISOString()
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" nonce={nonce} />
      </head>
      <body>
        <Clock at={at}>
          <Providers nonce={nonce}>
            {authorized ? <SignedIn {...authorized}>{children}</SignedIn> : children}
          </Providers>
        </Clock>
      </body>
    </html>
  )
}

async function SignedIn({ actor, db, children }: Authorized & { children: ReactNode }) {
  const [{ environment }, virtual, head, stops] = await Promise.all([
    resolveEnvironment(db),
    hasVirtualLab(db),
    findAuditHead(db),
    listOpenStops(db),
  ])
  return (
    <Shell
      actor={actor}
      defaultEnvironment={environment}
      hasVirtualLab={virtual}
      signOut={signOutAction}
      search={searchAction}
    >
      {stops.length > 0 && <StoppedBand />}
      <SendWaiting />
      {children}
      <PrintedHead {...head} at={new Date()} />
    </Shell>
  )
}

/** On every page while all sending is stopped. */
function StoppedBand() {
  return (
    <Alert
      role="status"
      color="red"
      variant="outline"
      mb="sm"
      py="xs"
      icon={<IconAlertOctagon aria-hidden />}
    >
      <Text size="sm">
        All sending is stopped: the database may be older than what was sent.{' '}
        <TextLink href={paths.servers()}>What to do</TextLink>
      </Text>
    </Alert>
  )
}
