'use client'

import { useEffect } from 'react'
import { forgetKept } from './browser-store'

/** Where a session begins or has ended: nothing of a page stays in this browser, but what `but` themselves opened. */
export function ForgetKept({ but }: { but?: string }) {
  useEffect(() => forgetKept(but), [but])
  return null
}
