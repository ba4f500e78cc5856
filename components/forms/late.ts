'use client'

import { notifications } from '@mantine/notifications'
import { useEffect, useEffectEvent, useReducer } from 'react'

/** Code that is loaded after the page that uses it. */
export type Late<T> = {
  /** Undefined until it is loaded. */
  now(): T | undefined
  /** @throws what the browser says of a file that it does not get; the next call asks for the file again */
  load(): Promise<T>
  /** What a page already has is not loaded. */
  have(value: T): void
}

/**
 * Code that few presses need, so that a page does not wait for it.
 * @param when `idle` fetches it ahead, so that it is there without a connection too; `press` leaves it until it is asked for
 */
export function late<T>(load: () => Promise<T>, when: 'idle' | 'press' = 'idle'): Late<T> {
  let value: T | undefined
  const have = (loaded: T): T => {
    value = loaded
    return loaded
  }
  const part: Late<T> = {
    now: () => value,
    load: async () => value ?? have(await load()),
    have,
  }
  if (when === 'idle' && typeof window !== 'undefined') fetchAhead(part)
  return part
}

let ahead: Promise<unknown> | undefined

/** After the page has come to life, one after the other, each when the browser has nothing else to do. */
function fetchAhead(part: Late<unknown>): void {
  const before = ahead ?? pageLoaded()
  // One that cannot be had now is asked for again by the press that needs it.
  ahead = before.then(whenIdle).then(() => part.load().catch(() => undefined))
}

/** Ends when all that is fetched ahead is there, or could not be had. */
export async function fetchedAhead(): Promise<void> {
  await ahead
}

const pageLoaded = () =>
  new Promise<void>((resolve) => {
    if (document.readyState === 'complete') resolve()
    else window.addEventListener('load', () => resolve(), { once: true })
  })

/** Milliseconds; for Safari, which does not say when it is idle. */
const idleMs = 200

const whenIdle = () =>
  new Promise<void>((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve())
    else setTimeout(resolve, idleMs)
  })

/**
 * The code, once it is wanted and there. A press is remembered until then; if the code cannot be had, that is said, and the
 * press is given back.
 * @param wanted whether it was asked for
 * @param giveBack makes the button as it was before the press, for a second try; without it nothing is said, as something else
 *   is shown in place of what is missing
 */
export function useLate<T>(part: Late<T>, wanted: boolean, giveBack?: () => void): T | undefined {
  const [, showAgain] = useReducer((count: number) => count + 1, 0)
  const fail = useEffectEvent(() => {
    if (!giveBack) return
    notifications.show({ color: 'red', message: notLoaded })
    giveBack()
  })
  useEffect(() => {
    if (!wanted || part.now() !== undefined) return
    let isWanted = true
    part.load().then(
      () => isWanted && showAgain(),
      () => isWanted && fail(),
    )
    return () => {
      isWanted = false
    }
  }, [part, wanted])
  return wanted ? part.now() : undefined
}

const notLoaded =
  'What you pressed could not be loaded. Look whether there is a connection, then press again.'
