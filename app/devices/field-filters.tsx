'use client'

import { MultiSelect, Select } from '@mantine/core'
import { useState } from 'react'
import { readColumns, readFields, writeFields } from '@/app/device-query'
import { SearchField, useTypedSearch } from '@/components/data/filter-choice'
import type { CustomField } from '@/lib/domain/device/custom-field'

/** What stands for devices without a value; no option of a choice has a line end. */
const without = '\n'

type Props = {
  fields: readonly CustomField[]
  /** As the address has them. */
  wanted: string | undefined
  columns: string | undefined
  onFilter: (wanted: string | null) => void
  onColumns: (columns: string | null) => void
}

/** Filters by the lab's own fields, one after the other, and which of them are columns of the list. */
export function FieldFilters({ fields, wanted, columns, onFilter, onColumns }: Props) {
  const [opened, setOpened] = useState<string[]>([])
  const values = readFields(wanted)
  if (fields.length === 0) return null
  const set = (id: string, value: string | null) => {
    const { [id]: _, ...others } = values
    onFilter(writeFields(value === null ? others : { ...others, [id]: value }) || null)
  }
  const shown = fields.filter(({ id }) => id in values || opened.includes(id))
  const close = (id: string) => {
    setOpened(opened.filter((one) => one !== id))
    set(id, null)
  }
  return (
    <>
      {shown.map((field) => (
        <FieldFilter
          key={field.id}
          field={field}
          value={values[field.id]}
          on={(value) => (value === null ? close(field.id) : set(field.id, value))}
        />
      ))}
      <Select
        aria-label="Filter by a custom field"
        placeholder="Custom field"
        data={fields
          .filter((field) => !shown.includes(field))
          .flatMap(({ id, name }) => [
            { value: id, label: name },
            { value: `${id}${without}`, label: `${name}: not given` },
          ])}
        value={null}
        onChange={(chosen) => {
          const [id = '', missing] = (chosen ?? '').split(without)
          if (missing !== undefined) set(id, '')
          else if (id) setOpened([...opened, id])
        }}
        searchable={fields.length > 8}
        flex="0 1 150px"
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      />
      <MultiSelect
        aria-label="Custom columns"
        placeholder={columns ? undefined : 'Custom columns'}
        data={fields.map(({ id, name }) => ({ value: id, label: name }))}
        value={readColumns(columns)}
        onChange={(ids) => onColumns(ids.join(',') || null)}
        flex="0 1 180px"
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      />
    </>
  )
}

type FilterProps = {
  field: CustomField
  value: string | undefined
  on: (value: string | null) => void
}

function FieldFilter({ field, value, on }: FilterProps) {
  const search = useTypedSearch(value, (typed) => on(typed || null))
  const { name, type, options } = field
  const values = type === 'choice' ? [...options] : type === 'yesNo' ? ['yes', 'no'] : undefined
  if (!values && value !== '')
    return (
      <SearchField
        label={name}
        placeholder={name}
        search={search}
        pending={false}
        maxLength={200}
        flex="0 1 150px"
      />
    )
  return (
    <Select
      aria-label={name}
      placeholder={name}
      data={[
        ...(values ?? []).map((one) => ({ value: one, label: `${name}: ${one}` })),
        { value: without, label: `${name}: not given` },
      ]}
      value={value === '' ? without : (value ?? null)}
      onChange={(chosen) => on(chosen === without ? '' : chosen)}
      clearable
      flex="0 1 150px"
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      clearButtonProps={{ 'aria-label': `Any ${name}` }}
    />
  )
}
