'use client'

import { useEffect, useState } from 'react'
import { differenceWords } from '@/lib/domain/trial/clocks'
import classes from '../trial.module.css'

/** A page is on its way for less than this on a bad connection. */
const exactMs = 5000

/** The clock of the reader's own phone or computer against Oneway's, measured when the page came. */
export function ObserverClock({ serverNow }: { serverNow: string }) {
  const [aheadMs, setAhead] = useState<number>()
  // Later renders of the page carry a later time, and measure again.
  useEffect(() => setAhead(Date.now() - Date.parse(serverNow)), [serverNow])
  return (
    <li>
      {/* A line of its own, as long before it is measured as after: one more line would move the page under a finger. */}
      Yours, only for times that you type:
      <div className={classes.oneLine}>
        {aheadMs === undefined
          ? 'not measured yet.'
          : `${differenceWords(aheadMs, exactMs)} Oneway's.`}
      </div>
    </li>
  )
}
