'use client'

import { type FormEventHandler, type ReactNode, useSyncExternalStore } from 'react'
import classes from './ready-form.module.css'

const never = () => () => undefined

/** False until the page's script has taken over from the server's HTML. */
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
  /** What it holds is what the page is about, and is printed. */
  printed?: boolean
  children: ReactNode
}

/**
 * A form that takes nothing before its script is there: what is typed into the server's HTML would be
 * mixed with what the script then writes, and a press on Save would load the page anew.
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
