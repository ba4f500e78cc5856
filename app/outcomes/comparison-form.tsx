'use client'

import { Group } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { Choice } from '@/components/data/filter-choice'
import { Waiting } from '@/components/data/status'
import {
  type ComparisonFactor,
  comparisonFactors,
  type OutcomeView,
} from '@/lib/domain/trial/outcome-view'
import { type Params, paths } from '@/lib/paths'

export type GroupChoices = Record<ComparisonFactor, { value: string; label: string }[]>

const factorWords: Record<ComparisonFactor, string> = {
  version: 'Starting version',
  platform: 'Platform',
  model: 'Model',
  passcode: 'Passcode',
  protocol: 'Protocol',
  target: 'Target',
}

type Props = {
  view: OutcomeView
  choices: GroupChoices
  /** Filter and environment, which stay. */
  address: Params
}

/** Which two groups are compared. All of it stands in the address. */
export function ComparisonForm({ view, choices, address }: Props) {
  const router = useRouter()
  const [pending, start] = useTransition()
  const go = (change: Record<string, string | null>) =>
    start(() =>
      router.replace(paths.outcomes({ ...address, ...view, ...change }), { scroll: false }),
    )
  const groups = view.by ? choices[view.by] : []
  const other = (taken: string | undefined) => groups.filter(({ value }) => value !== taken)
  return (
    <Group gap="xs" align="flex-end" data-screen-only>
      <Choice
        label="Compare by"
        data={comparisonFactors.map((value) => ({ value, label: factorWords[value] }))}
        value={view.by}
        on={(by) => go({ by, first: null, second: null })}
      />
      {view.by && (
        <>
          <Choice
            label="First group"
            data={other(view.second)}
            value={view.first}
            on={(first) => go({ first })}
          />
          <Choice
            label="Second group"
            data={other(view.first)}
            value={view.second}
            on={(second) => go({ second })}
          />
        </>
      )}
      {pending && <Waiting size={14} label="Loading" />}
    </Group>
  )
}
