'use client'

import { useDraftText } from '@/components/forms/drafts'
import { useDeed } from './use-deed'

/**
 * An action with a text that somebody types for it: kept until it is sent, also over the end of the session,
 * and what was wrong with it stays in sight until it is mended.
 * @param form unique on all pages, e.g. "trial/<id>/withdraw"
 */
export function useTypedDeed(form: string, initial = '') {
  const draft = useDraftText(form, initial)
  const deed = useDeed()
  const run: typeof deed.run = (act, onDone) =>
    deed.run(act, (result) => {
      draft.forget()
      onDone?.(result)
    })
  const type = (text: string) => {
    deed.forget()
    draft.set(text)
  }
  return { ...deed, run, text: draft.value, type, restored: draft.restored }
}
