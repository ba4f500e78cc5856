'use client'

import { Checkbox, Group, Select } from '@mantine/core'
import { type DeviceParams, isFiltered } from '@/app/device-query'
import { ClearFilters, SearchField, useTypedSearch } from '@/components/data/filter-choice'
import { FoldedFilters } from '@/components/data/folded-filters'
import { useAddress } from '@/components/data/use-address'
import { useReady } from '@/components/forms/ready-form'
import type { DeviceFacets } from '@/lib/db/queries/devices/device-facets'
import type { CustomField } from '@/lib/domain/device/custom-field'
import { type Environment, platforms } from '@/lib/domain/device/device'
import { passcodeStates, passcodeWords } from '@/lib/domain/device/passcode'
import { paths } from '@/lib/paths'
import { FieldFilters } from './field-filters'

const verdictWords = [
  { value: 'qualified', label: 'Qualified' },
  { value: 'notYet', label: 'Incomplete' },
  { value: 'no', label: 'Not qualified' },
]

const custodyWords = [
  { value: 'mine', label: 'With me' },
  { value: 'offered', label: 'Waits for my acceptance' },
  { value: 'nobody', label: 'With nobody' },
]

type Props = {
  params: DeviceParams
  facets: DeviceFacets
  fields: readonly CustomField[]
  environment: Environment
  named: boolean
}

/** The filters of the list. All are part of the address, so that a view can be shared. */
export function FilterBar({ params, facets, fields, environment, named }: Props) {
  // Another filter begins at the first page: the place in the list was one of the old filter.
  const { go, pending, chosen } = useAddress(
    { ...params, cursor: null, environment: named ? environment : null },
    paths.devices,
  )
  const search = useTypedSearch(params.text, (wanted) => go({ text: wanted }))
  const ready = useReady()
  const clear = () => {
    search.empty()
    const none = { verdict: null, platform: null, version: null, model: null }
    const planned = { passcode: null, unused: null, reaches: null }
    go({
      ...none,
      ...planned,
      text: null,
      retired: null,
      import: null,
      fields: null,
      custody: null,
    })
  }
  return (
    <Group component="search" gap="xs" mb="sm" align="flex-end">
      <SearchField
        label="Search"
        placeholder="Tag, name, serial, ID, model, place"
        search={search}
        pending={pending}
        maxLength={200}
        flex="1 1 220px"
      />
      <FoldedFilters set={isFiltered({ ...params, text: undefined })}>
        <Choice
          label="Verdict"
          data={verdictWords}
          value={chosen('verdict')}
          on={(verdict) => go({ verdict })}
        />
        <Choice
          label="Platform"
          data={[...platforms]}
          value={chosen('platform')}
          on={(platform) => go({ platform })}
        />
        <Choice
          label="OS version"
          data={facets.versions}
          value={chosen('version')}
          on={(version) => go({ version })}
        />
        <Choice
          label="Model"
          data={facets.models.map(({ modelIdentifier, modelName }) => ({
            value: modelIdentifier,
            label: modelName ? `${modelName} (${modelIdentifier})` : modelIdentifier,
          }))}
          value={chosen('model')}
          on={(model) => go({ model })}
        />
        <Choice
          label="Passcode"
          data={passcodeStates.map((value) => ({ value, label: passcodeWords[value] }))}
          value={chosen('passcode')}
          on={(passcode) => go({ passcode })}
        />
        <Choice
          label="Custody"
          data={custodyWords}
          value={chosen('custody')}
          on={(custody) => go({ custody })}
        />
        <FieldFilters
          fields={fields}
          wanted={chosen('fields')}
          columns={chosen('columns')}
          onFilter={(wanted) => go({ fields: wanted })}
          onColumns={(columns) => go({ columns })}
        />
        {params.reaches && (
          <Choice
            label="Offered version"
            data={[{ value: params.reaches, label: `Offered ${params.reaches}` }]}
            value={chosen('reaches')}
            on={(reaches) => go({ reaches })}
          />
        )}
        <Checkbox
          label="Unused baseline"
          checked={chosen('unused') === '1'}
          disabled={!ready}
          onChange={({ currentTarget }) => go({ unused: currentTarget.checked ? '1' : null })}
          mb={8}
        />
        <Checkbox
          label="Retired"
          checked={chosen('retired') === '1'}
          disabled={!ready}
          onChange={({ currentTarget }) => go({ retired: currentTarget.checked ? '1' : null })}
          mb={8}
        />
      </FoldedFilters>
      {isFiltered(params) && <ClearFilters clear={clear} />}
    </Group>
  )
}

type ChoiceProps = {
  label: string
  data: (string | { value: string; label: string })[]
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
    searchable={data.length > 8}
    flex="0 1 150px"
    disabled={!useReady()}
    comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
    clearButtonProps={{ 'aria-label': `Any ${label.toLowerCase()}` }}
  />
)
