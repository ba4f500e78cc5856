'use client'

import { Group, Text } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import {
  type Icon,
  IconClipboardText,
  IconDeviceIpad,
  IconRoute,
  IconSearch,
  IconServer,
} from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState, useTransition } from 'react'
import type { Refusal } from '@/lib/core/shared/result'
import type { Found } from '@/lib/db/queries/search'
import { paths } from '@/lib/paths'
import { UserText } from '../data/text'

const waitMs = 200

const kinds: Record<Found['kind'], { group: string; icon: Icon; href: (id: string) => string }> = {
  trial: { group: 'Trials', icon: IconRoute, href: (id) => paths.trial(id) },
  device: { group: 'Devices', icon: IconDeviceIpad, href: (id) => paths.device(id) },
  protocol: { group: 'Protocols', icon: IconClipboardText, href: paths.protocol },
  server: { group: 'MDM servers', icon: IconServer, href: paths.server },
}
const order = ['trial', 'device', 'protocol', 'server'] as const

export type SearchAction = (input: {
  text: string
}) => Promise<{ status: 'found'; found: Found[] } | Refusal>

export const openSearch = (): void => spotlight.open()

/** Searches both environments; each result says whether it is real or simulated. Opens when it is first shown. */
export function Search({ search: find }: { search: SearchAction }) {
  const router = useRouter()
  useEffect(openSearch, [])
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<Found[]>([])
  const [problem, setProblem] = useState<string>()
  const [searching, start] = useTransition()
  const search = useDebouncedCallback((text: string) => {
    start(async () => {
      const result = await find({ text })
      setProblem(result.status === 'refused' ? result.reason : undefined)
      setFound(result.status === 'found' ? result.found : [])
    })
  }, waitMs)
  const type = (text: string) => {
    setQuery(text)
    search(text)
  }
  return (
    <Spotlight.Root query={query} onQueryChange={type} shortcut={['mod + K', '/']} scrollable>
      <Spotlight.Search
        placeholder="Device, trial, protocol or MDM server"
        leftSection={<IconSearch size={18} aria-hidden />}
        aria-label="Search"
      />
      <Spotlight.ActionsList>
        {order.map((kind) => (
          <Results
            key={kind}
            kind={kind}
            found={found.filter((one) => one.kind === kind)}
            go={(id) => router.push(kinds[kind].href(id))}
          />
        ))}
        {found.length === 0 && (
          <Spotlight.Empty>{problem ?? emptyWords(query, searching)}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

function emptyWords(query: string, searching: boolean): string {
  if (query.trim() === '') return 'Type a part of a tag, name, serial, trial number or title'
  return searching ? 'Searching …' : 'Nothing in either environment has that'
}

type ResultsProps = { kind: Found['kind']; found: Found[]; go: (id: string) => void }

function Results({ kind, found, go }: ResultsProps) {
  if (found.length === 0) return null
  const { group, icon: Shape } = kinds[kind]
  return (
    <Spotlight.ActionsGroup label={group}>
      {found.map(({ id, label, detail, simulated }) => (
        <Spotlight.Action key={id} onClick={() => go(id)}>
          <Group gap="sm" wrap="nowrap" w="100%">
            <Shape size={18} aria-hidden />
            <div style={{ flex: 1, minWidth: 0 }}>
              <Text size="sm">
                <UserText>{label}</UserText>
              </Text>
              <Text size="xs" c="dimmed" truncate>
                <UserText>{detail}</UserText>
              </Text>
            </div>
            {simulated !== undefined && (
              <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>
                {simulated ? 'Simulated' : 'Real'}
              </Text>
            )}
          </Group>
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  )
}
