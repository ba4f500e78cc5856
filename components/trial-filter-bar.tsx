'use client'

import { Button, Group, Loader, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { platforms, type World } from '@/lib/domain/device'
import { outcomeInfo, outcomes } from '@/lib/domain/outcome'
import { trialStates } from '@/lib/domain/trial'
import { countFilters, passcodeStates, type TrialFilter } from '@/lib/domain/trial-filter'
import { paths } from '@/lib/paths'
import { trialStateWord } from './trial-status'

type Props = {
  filter: TrialFilter
  /** Starting versions there are. */
  versions: string[]
  world: World
  /** Which page it narrows; the outcomes page knows no state. */
  path: 'trials' | 'outcomes'
}

const passcodeWords = {
  set: 'Passcode set',
  notSet: 'No passcode',
  notApplicable: 'Passcode not applicable',
  unknown: 'Passcode unknown',
}
const waitMs = 300

/** Narrows trials. Everything stands in the address, so that a view can be sent to somebody. */
export function TrialFilterBar({ filter, versions, world, path }: Props) {
  const router = useRouter()
  const [pending, start] = useTransition()
  const [text, setText] = useState(filter.text ?? '')
  const go = (change: Partial<Record<keyof TrialFilter, string | null>>) =>
    start(() => router.replace(paths[path]({ ...filter, world, ...change }), { scroll: false }))
  const search = useDebouncedCallback((wanted: string) => go({ text: wanted }), waitMs)
  return (
    <Group component="search" gap="xs" mb="sm" align="flex-end">
      <TextInput
        aria-label="Search"
        placeholder="T-12, tag, device, serial, protocol, person"
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={pending ? <Loader size={14} aria-label="Loading" /> : undefined}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value)
          search(currentTarget.value)
        }}
        flex="1 1 220px"
      />
      {path === 'trials' && (
        <Choice
          label="State"
          data={trialStates.map((value) => ({ value, label: trialStateWord(value) }))}
          value={filter.state}
          on={(state) => go({ state })}
        />
      )}
      <Choice
        label="Outcome"
        data={outcomes.map((value) => ({ value, label: outcomeInfo[value].label }))}
        value={filter.outcome}
        on={(outcome) => go({ outcome })}
      />
      <Choice
        label="Starting version"
        data={versions}
        value={filter.version}
        on={(version) => go({ version })}
      />
      <Choice
        label="Platform"
        data={[...platforms]}
        value={filter.platform}
        on={(platform) => go({ platform })}
      />
      <Choice
        label="Passcode"
        data={passcodeStates.map((value) => ({ value, label: passcodeWords[value] }))}
        value={filter.passcode}
        on={(passcode) => go({ passcode })}
      />
      {countFilters(filter) > 0 && (
        <Button
          variant="subtle"
          leftSection={<IconX size={14} aria-hidden />}
          onClick={() => {
            setText('')
            start(() => router.replace(paths[path]({ world }), { scroll: false }))
          }}
        >
          Clear
        </Button>
      )}
    </Group>
  )
}

type ChoiceProps = {
  label: string
  data: string[] | { value: string; label: string }[]
  value: string | undefined
  on: (value: string | null) => void
}

const Choice = ({ label, data, value, on }: ChoiceProps) => (
  <Select
    aria-label={label}
    placeholder={label}
    data={data}
    value={value ?? null}
    onChange={on}
    clearable
    w={165}
  />
)
