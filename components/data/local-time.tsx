'use client'

import { useSyncExternalStore } from 'react'
import classes from './when.module.css'

const never = () => () => undefined

/** A time in the reader's own zone. The server does not know the zone, so the line is there before its text is. */
export function LocalTime({ at }: { at: Date | string }) {
  const text = useSyncExternalStore(
    never,
    () => localClock(new Date(at)),
    () => '',
  )
  return (
    <span className={classes.local} data-screen-only>
      {text}
    </span>
  )
}

const two = (part: number) => String(part).padStart(2, '0')

/** "15:03:12 local". */
const localClock = (at: Date): string =>
  `${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')} local`
