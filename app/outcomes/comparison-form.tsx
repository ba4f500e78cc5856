'use client'

import { Group } from '@mantine/core'
import { Choice } from '@/components/data/filter-choice'
import { Waiting } from '@/components/data/status'
import { useAddress } from '@/components/data/use-address'
import type { FactorChoice } from '@/components/trial/factor-choices'
import { factorNames, factors } from '@/lib/domain/trial/factors'
import type { OutcomeView } from '@/lib/domain/trial/outcome-view'
import { type Params, paths } from '@/lib/paths'

type Props = {
  view: OutcomeView
  /** The values of the factor that is chosen. */
  choices: FactorChoice[]
  /** Filter and environment, which stay. */
  address: Params
  path?: 'outcomes' | 'survival'
}

/** Which two groups are compared. All of it stands in the address. */
export function ComparisonForm({ view, choices, address, path = 'outcomes' }: Props) {
  const { go, pending, chosen } = useAddress({ ...address, ...view }, paths[path])
  // The choices below are those of the factor whose page is here.
  const isHere = view.by !== undefined && chosen('by') === view.by
  const other = (taken: string | undefined) => choices.filter(({ value }) => value !== taken)
  return (
    <Group gap="xs" align="flex-end" data-screen-only>
      <Choice
        label="Compare by"
        data={factorNames.map((value) => ({ value, label: factors[value].label }))}
        value={chosen('by')}
        on={(by) => go({ by, first: null, second: null })}
      />
      {isHere && (
        <>
          <Choice
            label="First group"
            data={other(chosen('second'))}
            value={chosen('first')}
            on={(first) => go({ first })}
          />
          <Choice
            label="Second group"
            data={other(chosen('first'))}
            value={chosen('second')}
            on={(second) => go({ second })}
          />
        </>
      )}
      {pending && <Waiting size={14} label="Loading" />}
    </Group>
  )
}
