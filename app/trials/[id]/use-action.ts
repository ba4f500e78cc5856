'use client'

import { unstable_rethrow } from 'next/navigation'
import { useState, useTransition } from 'react'
import { useDraftText } from '@/components/forms/drafts'
import type { Refusal } from '@/lib/core/shared/result'

const noAnswer: Refusal = {
  status: 'refused',
  reason:
    'No answer came from the server, so it is not known whether this was done. What you typed is still here. Check whether the page has changed, then press again: nothing is done twice.',
}

type Result = { status: string }

/** One press of a button: busy until the server has answered, and the refusal if it said no. */
export function useAction() {
  const [refusal, setRefusal] = useState<Refusal>()
  const [busy, start] = useTransition()

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
      if (isRefusal(result)) return setRefusal(result)
      setRefusal(undefined)
      // What is left after the guard is no refusal; the compiler cannot subtract from a type parameter.
      onDone?.(result as Exclude<R, Refusal>)
    })

  return { busy, refusal, run, forget: () => setRefusal(undefined) }
}

const isRefusal = (result: Result): result is Refusal => result.status === 'refused'

/**
 * An action with a text that somebody types for it: kept until it is sent, also over the end of the session,
 * and what was wrong with it stays in sight until it is mended.
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
