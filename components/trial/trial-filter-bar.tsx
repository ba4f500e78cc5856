'use client'

import { Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAdjustments } from '@tabler/icons-react'
import type { TrialFacets } from '@/lib/db/queries/trials/trial-filter'
import { type Environment, platforms } from '@/lib/domain/device/device'
import { outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'
import { type FlowPlace, flowBoxes } from '@/lib/domain/statistics/flow'
import { factorNames, factors } from '@/lib/domain/trial/factors'
import { trialStates } from '@/lib/domain/trial/trial'
import {
  countFilters,
  type FilterField,
  type ReviewFilter,
  reviewFilters,
  type TrialFilter,
  trialFilterFields,
} from '@/lib/domain/trial/trial-filter'
import { type Params, paths } from '@/lib/paths'
import { Choice, ClearFilters, Day, SearchField, useTypedSearch } from '../data/filter-choice'
import { FoldedFilters } from '../data/folded-filters'
import { useAddress } from '../data/use-address'
import { factorChoices } from './factor-choices'
import { flowPlaceWords } from './flow-words'
import { trialStateWord } from './trial-status'

type Props = {
  filter: TrialFilter
  facets: TrialFacets
  environment: Environment
  /** Which page it narrows; only the list of trials knows a state and a place in the flow diagram. */
  path: 'trials' | 'outcomes' | 'flow' | 'survival' | 'predictions' | 'agreement'
  /** What else stands in the address, and stays there when a filter changes. */
  keep?: Params
}

const reviewWords: Record<ReviewFilter, string> = {
  toReview: 'To review',
  queried: 'With open queries',
  approved: 'Approved',
  locked: 'Locked',
}

type Change = Partial<Record<FilterField, string | null>>

/** The filters of trials. All are part of the address, so that a view can be shared. */
export function TrialFilterBar({ filter, facets, environment, path, keep }: Props) {
  const { go, pending, chosen } = useAddress({ ...keep, ...filter, environment }, paths[path])
  const [opened, { toggle }] = useDisclosure(rarely.some((field) => filter[field] !== undefined))
  const search = useTypedSearch(filter.text, (wanted) => go({ text: wanted }))
  const clear = () => {
    search.empty()
    go(Object.fromEntries(trialFilterFields.map((field) => [field, null])))
  }
  return (
    <Group component="search" gap="xs" mb="sm" align="flex-end">
      <SearchField
        label="Search"
        placeholder="T-12, tag, device, serial, protocol, person"
        search={search}
        pending={pending}
        flex="1 1 220px"
      />
      <FoldedFilters set={countFilters({ ...filter, text: undefined }) > 0}>
        {path === 'trials' && (
          <Choice
            label="State"
            data={trialStates.map((value) => ({ value, label: trialStateWord(value) }))}
            value={chosen('state')}
            on={(state) => go({ state })}
          />
        )}
        <Choice
          label="Review"
          data={reviewFilters.map((value) => ({ value, label: reviewWords[value] }))}
          value={chosen('review')}
          on={(review) => go({ review })}
        />
        <Choice
          label="Outcome"
          data={outcomes.map((value) => ({ value, label: outcomeInfo[value].label }))}
          value={chosen('outcome')}
          on={(outcome) => go({ outcome })}
        />
        <Choice
          label="Starting version"
          data={facets.versions}
          value={chosen('version')}
          on={(version) => go({ version })}
        />
        <Choice
          label="Platform"
          data={[...platforms]}
          value={chosen('platform')}
          on={(platform) => go({ platform })}
        />
        <Button
          variant="default"
          leftSection={<IconAdjustments size={16} aria-hidden />}
          onClick={toggle}
          aria-expanded={opened}
        >
          {opened ? 'Fewer filters' : 'More filters'}
        </Button>
        {opened && <MoreFilters {...{ filter, facets, go, chosen, path }} />}
      </FoldedFilters>
      {countFilters(filter) > 0 && <ClearFilters clear={clear} />}
    </Group>
  )
}

/** Shown when asked for, or when one of them is set: a filter must never narrow unseen. */
const rarelyFactors = factorNames.filter((name) => name !== 'version' && name !== 'platform')
const rarely = [...rarelyFactors, 'from', 'to', 'flow'] as const

type MoreProps = Pick<Props, 'filter' | 'facets' | 'path'> & {
  go: (change: Change) => void
  chosen: (name: FilterField) => string | undefined
}

const MoreFilters = ({ filter, facets, go, chosen, path }: MoreProps) => (
  <Group gap="xs" w="100%" align="flex-end">
    {rarelyFactors.map((name) => (
      <Choice
        key={name}
        label={factors[name].label}
        data={factorChoices(name, facets)}
        value={chosen(name)}
        on={(value) => go({ [name]: value })}
      />
    ))}
    <Day label="Released from" value={chosen('from')} on={(from) => go({ from })} />
    <Day label="Released until" value={chosen('to')} on={(to) => go({ to })} />
    {path === 'trials' && (
      <Choice
        label="Place in the flow"
        data={placesWith(filter.flow)}
        value={chosen('flow')}
        on={(flow) => go({ flow })}
      />
    )}
  </Group>
)

/** The boxes of the flow diagram, and the one reason of an exit that the address asks for. */
const placesWith = (asked: FlowPlace | undefined) =>
  [...new Set<FlowPlace>([...flowBoxes, ...(asked ? [asked] : [])])].map((value) => ({
    value,
    label: flowPlaceWords(value),
  }))
