'use client'

import { Text } from '@mantine/core'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import type { FieldValues, UseFormReturn } from 'react-hook-form'

const prefix = 'oneway.draft/'

/** The tab's own store; undefined where the browser allows none. It ends with the tab, unlike localStorage. */
function store(): Storage | undefined {
  try {
    return globalThis.sessionStorage
  } catch {
    return undefined // Blocked by the browser's settings: then nothing is kept.
  }
}

/** What was kept under a key; undefined where nothing was, or nothing that can be read. */
export function readDraft(key: string): unknown {
  try {
    const kept = store()?.getItem(prefix + key)
    return kept == null ? undefined : JSON.parse(kept)
  } catch {
    return undefined
  }
}

/** Keeps a value in this tab; undefined drops it. A full store keeps nothing and breaks nothing. */
export function keepDraft(key: string, value: unknown): void {
  try {
    if (value === undefined) store()?.removeItem(prefix + key)
    else store()?.setItem(prefix + key, JSON.stringify(value))
  } catch {
    // Out of room: the form goes on without a draft.
  }
}

/** Drops every draft of this tab, whoever typed it. */
export function dropDrafts(): void {
  const kept = store()
  if (!kept) return
  for (const key of Object.keys(kept)) if (key.startsWith(prefix)) kept.removeItem(key)
}

const Person = createContext<string | undefined>(undefined)

/** Around the pages of one person: what they typed is theirs, and is given back to nobody else. */
export const DraftsOf = ({ person, children }: { person: string; children: ReactNode }) => (
  <Person value={person}>{children}</Person>
)

/** The key of a draft, by person and form; undefined where nobody is signed in, and nothing is kept. */
const useKey = (form: string): string | undefined => {
  const person = useContext(Person)
  return person && `${person}/${form}`
}

/**
 * A text that outlives the end of a session: kept in this tab while it is typed, given back when the form
 * opens again. `forget` is called once it was sent, or given up.
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
 * The same for a form of many fields. Fields that hold secrets are named in `never`, and are not kept.
 * @returns whether something was given back, and what drops it
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
      // What is kept was this form's own values; a field it has no more is left out by the form.
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

/** Said over a form that was filled in again. */
export const RestoredNote = ({ restored }: { restored: boolean }) =>
  restored ? (
    <Text size="sm" role="status">
      What you typed before is here again. None of it was sent.
    </Text>
  ) : null

/** Drops all that was kept in this tab: at sign-out, so that the next person at this screen finds nothing. */
export const forgetAllDrafts = dropDrafts
