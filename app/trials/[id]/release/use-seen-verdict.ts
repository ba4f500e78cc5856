'use client'

import { useState } from 'react'
import { useAction } from '@/components/forms/use-action'
import type { Unreleased } from './release-answer'

/**
 * The verdict that was shown when the dialog opened. The page behind the dialog keeps updating,
 * and a verdict that the signer has not seen must never be signed.
 */
export function useSeenVerdict(verdictId: number | undefined) {
  const { busy, refusal, run, forget } = useAction()
  const [seen, setSeen] = useState<number>()
  const [answer, setAnswer] = useState<Unreleased>()

  const ask = () => {
    forget()
    setAnswer(undefined)
    setSeen(verdictId)
  }
  const settle = (unreleased: Unreleased | undefined) => {
    setSeen(undefined)
    setAnswer(unreleased)
  }

  return { busy, refusal, run, seen, answer, ask, settle, close: () => setSeen(undefined) }
}
