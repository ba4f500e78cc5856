'use client'

import { unstable_rethrow } from 'next/navigation'
import { useEffect, useState, useTransition } from 'react'
import type { Refusal } from '@/lib/core/shared/result'
import { useDraftText } from './drafts'

const noAnswer: Refusal = {
  status: 'refused',
  reason:
    'No answer came from the server, so it is not known whether this was done. What you typed is still here. Check whether the page has changed, then press again: nothing is done twice.',
}

type Result = { status: string }

let underWay = 0

/** Whether an action of this tab is under way: its page has not been shown yet. */
export const isActing = (): boolean => underWay > 0

/**
 * One press of a button: busy until the page shows what the server made of it, and the refusal if it said no.
 * `onDone` takes effect together with the page that the action has brought, so that a dialog that it closes
 * never uncovers the button of the page before.
 * @param onRefused shows a refusal elsewhere than beside the button
 */
export function useAction(onRefused?: (refusal: Refusal) => void) {
  const [refusal, setRefusal] = useState<Refusal>()
  const [busy, start] = useTransition()
  useEffect(() => {
    if (!busy) return
    underWay += 1
    return () => {
      underWay -= 1
    }
  }, [busy])

  const run = <R extends Result>(
    action: () => Promise<R | Refusal>,
    onDone?: (result: Exclude<R, Refusal>) => void,
  ) =>
    start(async () => {
      const result = await action().catch((error: unknown) => {
        // Next sends people to sign-in by throwing; everything else here is a lost connection.
        unstable_rethrow(error)
        return noAnswer
      })
      if (isRefusal(result)) {
        onRefused?.(result)
        return setRefusal(result)
      }
      // After an await React no longer counts updates as part of the transition that brings the page.
      start(() => {
        setRefusal(undefined)
        // What is left after the guard is no refusal; the compiler cannot subtract from a type parameter.
        onDone?.(result as Exclude<R, Refusal>)
      })
    })

  /** What the refusal says of one field of the form. */
  const problem = (field: string) => (refusal?.field === field ? refusal.reason : undefined)
  return { busy, refusal, problem, run, forget: () => setRefusal(undefined) }
}

const isRefusal = (result: Result): result is Refusal => result.status === 'refused'

/**
 * An action with a text: the text is kept until it is sent, also when the session ends, and the refusal is
 * shown until the text is changed.
 * @param form unique on all pages, e.g. "trial/<id>/withdraw"
 */
export function useTypedAction(form: string, initial = '') {
  const draft = useDraftText(form, initial)
  const action = useAction()
  const run: typeof action.run = (act, onDone) =>
    action.run(act, (result) => {
      draft.forget()
      onDone?.(result)
    })
  const type = (text: string) => {
    action.forget()
    draft.set(text)
  }
  return { ...action, run, text: draft.value, type, restored: draft.restored }
}
