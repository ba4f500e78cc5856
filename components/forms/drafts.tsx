'use client'

import { Text } from '@mantine/core'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import type { FieldValues, UseFormReturn } from 'react-hook-form'
import { inTab } from './browser-store'

const prefix = 'oneway.draft/'

/** The draft under a key; undefined when there is none or it cannot be read. */
export const readDraft = (key: string): unknown => inTab.read(prefix + key)

/** Stores a draft in this tab; undefined deletes it. When the store is blocked or full, the form works without a draft. */
export function keepDraft(key: string, value: unknown): void {
  if (value === undefined) inTab.forget(prefix + key)
  else inTab.store(prefix + key, value)
}

/** Deletes every draft of this tab, whoever typed it. */
export function forgetAllDrafts(): void {
  for (const key of inTab.keys(prefix)) inTab.forget(key)
}

const Person = createContext<string | undefined>(undefined)

/** Around the pages of one person: what they typed or keep in this browser is shown to nobody else. */
export const DraftsOf = ({ person, children }: { person: string; children: ReactNode }) => (
  <Person value={person}>{children}</Person>
)

/** The ID of the signed-in person; undefined outside their pages. */
export const usePerson = (): string | undefined => useContext(Person)

/** The key of a draft, by person and form; undefined when nobody is signed in, so that nothing is stored. */
const useKey = (form: string): string | undefined => {
  const person = usePerson()
  return person && `${person}/${form}`
}

/**
 * A text that survives the end of a session: stored in this tab while it is typed, restored when the form
 * opens again. Call `forget` once it was sent or discarded.
 * @param form what is typed into, unique on all pages, e.g. "trial/<id>/withdraw"
 */
export function useDraftText(form: string, initial = '') {
  const key = useKey(form)
  const [value, setValue] = useState(initial)
  const [restored, setRestored] = useState(false)
  useEffect(() => {
    const kept = key && readDraft(key)
    if (typeof kept !== 'string' || kept === '') return
    setValue(kept)
    setRestored(true)
  }, [key])
  const set = (text: string) => {
    setValue(text)
    if (key) keepDraft(key, text === '' ? undefined : text)
  }
  const forget = () => {
    setRestored(false)
    if (key) keepDraft(key, undefined)
  }
  return { value, set, restored, forget }
}

/**
 * The same for a form with many fields. Fields named in `never` hold secrets and are not stored.
 * @returns whether a draft was restored, and how to delete it
 */
export function useFormDraft<F extends FieldValues>(
  { watch, reset, getValues }: Pick<UseFormReturn<F>, 'watch' | 'reset' | 'getValues'>,
  form: string,
  never: readonly string[] = [],
) {
  const key = useKey(form)
  const [restored, setRestored] = useState(false)
  const secret = useRef(never)
  useEffect(() => {
    if (!key) return
    const kept = readDraft(key)
    if (typeof kept === 'object' && kept !== null) {
      // The draft holds values of this form; fields it no longer has are ignored by the form.
      reset({ ...getValues(), ...(kept as Partial<F>) }, { keepDefaultValues: true })
      setRestored(true)
    }
    const { unsubscribe } = watch((values) =>
      keepDraft(
        key,
        Object.fromEntries(
          Object.entries(values).filter(([name]) => !secret.current.includes(name)),
        ),
      ),
    )
    return unsubscribe
  }, [key, watch, reset, getValues])
  const forget = () => {
    setRestored(false)
    if (key) keepDraft(key, undefined)
  }
  return { restored, forget }
}

/** Shown above a form that was restored from a draft. */
export const RestoredNote = ({ restored }: { restored: boolean }) =>
  restored ? (
    <Text size="sm" role="status">
      What you typed before is here again. None of it was sent.
    </Text>
  ) : null
