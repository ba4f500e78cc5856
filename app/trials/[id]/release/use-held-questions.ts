'use client'

import { useEffect } from 'react'
import { renewWishMs } from '@/lib/domain/trial/release'
import { holdQuestionsAction } from '../actions'

/** Holds the trial's own questions back while `wanted`; a lost request is made up for by the next. */
export function useHeldQuestions(
  { trialId, ordinal }: { trialId: string; ordinal: number },
  wanted: boolean,
): void {
  useEffect(() => {
    if (!wanted) return
    const hold = () => void holdQuestionsAction({ trialId, ordinal }).catch(() => undefined)
    hold()
    const timer = setInterval(hold, renewWishMs)
    return () => clearInterval(timer)
  }, [trialId, ordinal, wanted])
}
