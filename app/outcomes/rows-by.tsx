'use client'

import { Group, SegmentedControl, Select } from '@mantine/core'
import { Waiting } from '@/components/data/status'
import { useAddress } from '@/components/data/use-address'
import { useReady } from '@/components/forms/ready-form'
import { countedAddress, countedLabel, countedObservations } from '@/lib/domain/statistics/counted'
import { type FactorName, factorNames, factors } from '@/lib/domain/trial/factors'
import type { OutcomeView } from '@/lib/domain/trial/outcome-view'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { type Params, paths } from '@/lib/paths'

type Props = {
  rows: FactorName
  treatment: TrialFilter['treatment']
  view: OutcomeView
  /** Contradictions that can be counted; undefined on a page that counts one thing only. */
  contradictions?: { value: string; label: string }[]
  /** Filter and environment, which stay. */
  address: Params
  path?: 'outcomes' | 'predictions'
}

const observations = countedObservations.map((kind) => {
  const counted = { of: 'observation', kind } as const
  return { value: countedAddress(counted), label: countedLabel(counted) }
})

const treatments = [
  { value: '', label: 'All devices' },
  { value: 'naive', label: 'First trial only' },
  { value: 'retreated', label: 'Used before' },
]

/** By which factor the rows are, what is counted, and whether devices count that were in a trial before. All of it stands in the address. */
export function RowsBy({
  rows,
  treatment,
  view,
  contradictions,
  address,
  path = 'outcomes',
}: Props) {
  const { go, pending, chosen } = useAddress({ ...address, ...view, treatment }, paths[path])
  const ready = useReady()
  return (
    <Group gap="xs" mb="sm" align="flex-end" data-screen-only>
      <Select
        label="Rows by"
        data={factorNames.map((value) => ({ value, label: factors[value].label }))}
        value={chosen('rows') ?? (pending ? 'version' : rows)}
        onChange={(wanted) => go({ rows: wanted === 'version' ? null : wanted })}
        allowDeselect={false}
        disabled={!ready}
        w={165}
      />
      {contradictions && (
        <Select
          label="Count"
          data={[
            { value: '', label: 'Outcome of the protocol' },
            { group: 'Observations', items: observations },
            { group: 'Contradictions', items: contradictions },
          ]}
          value={chosen('count') ?? ''}
          onChange={(count) => go({ count })}
          allowDeselect={false}
          disabled={!ready}
          searchable
          w={260}
        />
      )}
      <SegmentedControl
        aria-label="Devices by earlier trials"
        data={treatments}
        value={chosen('treatment') ?? ''}
        onChange={(wanted) => go({ treatment: wanted })}
        disabled={!ready}
      />
      {pending && <Waiting size={14} label="Loading" />}
    </Group>
  )
}
