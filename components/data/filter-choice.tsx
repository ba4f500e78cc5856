'use client'

import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useReady } from '../forms/ready-form'
import { Waiting } from './status'

type ChoiceProps = {
  label: string
  data: string[] | { value: string; label: string }[]
  value: string | undefined
  on: (value: string | null) => void
}

/**
 * One filter with a few values. What the address asks for is shown even where nothing has it any more. Like every field of a
 * list it is disabled until the page is hydrated: what is chosen or typed before that is lost.
 */
export function Choice({ label, data, value, on }: ChoiceProps) {
  const known = data.map((one) => (typeof one === 'string' ? { value: one, label: one } : one))
  const all =
    value === undefined || known.some((one) => one.value === value)
      ? known
      : [...known, { value, label: value }]
  const ready = useReady()
  return (
    <Select
      aria-label={label}
      placeholder={label}
      data={all}
      value={value ?? null}
      onChange={on}
      disabled={!ready}
      clearable
      searchable={all.length > 12}
      w={165}
    />
  )
}

type DayProps = { label: string; value: string | undefined; on: (value: string | null) => void }

/** A day in UTC, as the browser's own field: it takes the keyboard, and a phone shows its calendar. */
export function Day({ label, value = '', on }: DayProps) {
  const [typed, setTyped] = useState(value)
  const [seen, setSeen] = useState(value)
  const ready = useReady()
  // The address changed otherwise, by Clear or the back button.
  if (seen !== value) {
    setSeen(value)
    setTyped(value)
  }
  return (
    <TextInput
      type="date"
      label={`${label} (UTC)`}
      value={typed}
      disabled={!ready}
      onChange={({ currentTarget: { value: now, validity } }) => {
        setTyped(now)
        // A half-typed date is empty and bad; a half-typed year is the year 2 or 202.
        if (now === '' ? !validity.badInput : now >= '2000') on(now || null)
      }}
      w={165}
    />
  )
}

const waitMs = 300

/** What is typed into the search field of a list; it is asked for once typing pauses. */
export function useTypedSearch(first: string | undefined, ask: (text: string) => void) {
  const [text, setText] = useState(first ?? '')
  const askSoon = useDebouncedCallback(ask, waitMs)
  const type = (typed: string) => {
    setText(typed)
    askSoon(typed)
  }
  return { text, type, empty: () => setText('') }
}

type SearchFieldProps = {
  label: string
  placeholder: string
  search: ReturnType<typeof useTypedSearch>
  pending: boolean
  maxLength?: number
  flex: string
}

export const SearchField = ({ label, search, pending, ...props }: SearchFieldProps) => (
  <TextInput
    aria-label={label}
    leftSection={<IconSearch size={16} aria-hidden />}
    rightSection={pending ? <Waiting size={14} label="Loading" /> : undefined}
    value={search.text}
    disabled={!useReady()}
    onChange={({ currentTarget }) => search.type(currentTarget.value)}
    {...props}
  />
)

export const ClearFilters = ({ clear }: { clear: () => void }) => (
  <Button variant="subtle" leftSection={<IconX size={14} aria-hidden />} onClick={clear}>
    Clear
  </Button>
)
