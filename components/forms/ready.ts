'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => undefined

/** False until the page's script has taken over from the server's HTML. */
export function useReady(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
