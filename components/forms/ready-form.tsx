'use client'

import { type FormEventHandler, type ReactNode, useSyncExternalStore } from 'react'
import classes from './ready-form.module.css'

const never = () => () => undefined

/** False until React has hydrated the server's HTML. */
export function useReady(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}

type Props = {
  onSubmit: FormEventHandler<HTMLFormElement>
  'aria-label'?: string
  /** Print it: its values are the content of the page. */
  printed?: boolean
  children: ReactNode
}

/**
 * A form that is disabled until it is hydrated. Before that, React would overwrite what is typed, and Save
 * would reload the page.
 */
export function ReadyForm({ onSubmit, printed = false, children, ...props }: Props) {
  const ready = useReady()
  return (
    <form
      onSubmit={onSubmit}
      method="post"
      noValidate
      data-printed={printed || undefined}
      {...props}
    >
      <fieldset disabled={!ready} className={classes.plain}>
        {children}
      </fieldset>
    </form>
  )
}
