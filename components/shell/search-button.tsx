'use client'

import { Button, Text } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { late, useLate } from '../forms/late'
import { useReady } from '../forms/ready-form'
import type { SearchAction } from './search'

const dialog = late(() => import('./search'), 'press')

/** Opens the search; Ctrl-K and "/" do the same from anywhere on the page. Few pages use it: it is loaded when first asked for. */
export function SearchButton({ search }: { search: SearchAction }) {
  const ready = useReady()
  const [asked, setAsked] = useState(false)
  const loaded = useLate(dialog, asked, () => setAsked(false))
  // Once loaded, it listens for the keys itself.
  const open = () => setAsked(true)
  useHotkeys([
    ['mod+K', open],
    ['/', open],
  ])
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        onClick={loaded ? loaded.openSearch : open}
        disabled={!ready}
        aria-label="Search, Ctrl-K"
        title="Search (Ctrl-K or /)"
      >
        <IconSearch size={16} aria-hidden />
        <Text span size="xs" c="dimmed" ml={6} visibleFrom="sm">
          Ctrl-K
        </Text>
      </Button>
      {loaded && <loaded.Search search={search} />}
    </>
  )
}
