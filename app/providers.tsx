'use client'

import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { setNonce } from 'get-nonce'
import { type ReactNode, useState } from 'react'
import { readableColors, theme } from './theme'

type Props = { nonce: string | undefined; children: ReactNode }

/** Around every page: the theme, notifications, and the cache of live data. */
export function Providers({ nonce: given, children }: Props) {
  const [queryClient] = useState(() => new QueryClient())
  // A refreshed layout brings a new nonce, but the document keeps the policy it was loaded with.
  const [nonce] = useState(given)
  useState(() => letDialogsStyle(nonce))
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readableColors}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce ?? ''}
    >
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </MantineProvider>
  )
}

/** Mantine's dialogs stop the page behind them from scrolling by a style element that asks this package. */
function letDialogsStyle(nonce: string | undefined): void {
  // Only in the browser: on the server the package's one variable would be shared by all requests.
  if (nonce !== undefined && typeof document !== 'undefined') setNonce(nonce)
}
