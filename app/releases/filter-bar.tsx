'use client'

import { Group } from '@mantine/core'
import { Choice, ClearFilters, SearchField, useTypedSearch } from '@/components/data/filter-choice'
import { FoldedFilters } from '@/components/data/folded-filters'
import { useAddress } from '@/components/data/use-address'
import { deviceClasses, type Standing, standings } from '@/lib/domain/catalogue/countdown'
import { families, type ReleaseFilter } from '@/lib/domain/catalogue/release-filter'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'

const familyWords: Record<(typeof families)[number], string> = {
  iOS: 'iOS and iPadOS',
  tvOS: 'tvOS',
  watchOS: 'watchOS',
  audioOS: 'HomePod',
  visionOS: 'visionOS',
  macOS: 'macOS',
}
const standingWords: Record<Standing, string> = {
  listed: 'Listed',
  ended: 'Ended',
  unclear: 'Not clear',
}

type Props = {
  filter: ReleaseFilter
  environment: Environment
  /** The models of this lab. */
  models: { value: string; label: string }[]
}

/** Narrows every part of the page. All of it stands in the address, so that a view can be sent to somebody. */
export function FilterBar({ filter, environment, models }: Props) {
  const { go, pending, chosen } = useAddress({ ...filter, environment }, paths.releases)
  const { version, ...choices } = filter
  const isChosen = Object.values(choices).some(Boolean)
  const search = useTypedSearch(version, (wanted) => go({ version: wanted.trim() }))
  const clear = () => {
    search.empty()
    go({ family: null, class: null, standing: null, model: null, version: null })
  }
  return (
    <Group component="search" gap="xs" mb="sm" align="flex-end">
      <SearchField
        label="Version"
        placeholder="Version, such as 12 or 26.5"
        search={search}
        pending={pending}
        maxLength={40}
        flex="1 1 200px"
      />
      <FoldedFilters set={isChosen}>
        <Choice
          label="System"
          data={families.map((value) => ({ value, label: familyWords[value] }))}
          value={chosen('family')}
          on={(family) => go({ family })}
        />
        <Choice
          label="Device class"
          data={deviceClasses.map((value) => value)}
          value={chosen('class')}
          on={(value) => go({ class: value })}
        />
        <Choice label="Model" data={models} value={chosen('model')} on={(model) => go({ model })} />
        <Choice
          label="Listing"
          data={standings.map((value) => ({ value, label: standingWords[value] }))}
          value={chosen('standing')}
          on={(standing) => go({ standing })}
        />
      </FoldedFilters>
      {(isChosen || version) && <ClearFilters clear={clear} />}
    </Group>
  )
}
