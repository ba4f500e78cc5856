'use client'

import { useState } from 'react'
import { useAction } from '@/components/forms/use-action'
import type { Unreleased } from './release-answer'

/**
 * The verdict that was on the screen when somebody was asked to sign. The page behind the question lives
 * on, and a verdict that nobody has looked at must never be the one that is signed.
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
