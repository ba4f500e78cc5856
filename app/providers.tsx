'use client'

import { type CSSVariablesResolver, createTheme, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { setNonce } from 'get-nonce'
import { type ReactNode, useState } from 'react'

const systemFont =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'
const systemMono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'

const theme = createTheme({
  fontFamily: systemFont,
  fontFamilyMonospace: systemMono,
  headings: { fontFamily: systemFont },
  colors: {
    steel: [
      '#eef4f9',
      '#dde7ef',
      '#b8cfe0',
      '#90b5d1',
      '#6f9fc4',
      '#5a91bc',
      '#4b83b0',
      '#39709c',
      '#2d618b',
      '#1b4f77',
    ],
  },
  primaryColor: 'steel',
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Table: {
      defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm', highlightOnHover: true },
    },
  },
})

// Mantine's own greys and reds for small text stay under the 4.5:1 of WCAG 2.2 §1.4.3.
const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5a626a',
    '--mantine-color-placeholder': '#6b737b',
    '--mantine-color-error': '#c92a2a',
  },
  dark: {
    '--mantine-color-dimmed': '#a8adb3',
    '--mantine-color-placeholder': '#9aa0a6',
    '--mantine-color-error': '#ff8787',
  },
})

type Props = { nonce: string | undefined; children: ReactNode }

/** What every page stands in: the theme, notices, and the cache of live data. */
export function Providers({ nonce: given, children }: Props) {
  const [queryClient] = useState(() => new QueryClient())
  // A refreshed layout brings a new nonce, but the document keeps the policy it was loaded with.
  const [nonce] = useState(given)
  useState(() => letDialogsStyle(nonce))
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readable}
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
