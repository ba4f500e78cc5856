'use client'

import dynamic from 'next/dynamic'

// Parts that few trials show, with what they alone need (zod, react-hook-form, Apple's documents, the virtual lab): they come
// with a page that shows them, and a phone at the bench does not load them.

export const ArmForm = dynamic(() => import('./release/arm-form').then((file) => file.ArmForm))
export const DecideClaim = dynamic(() =>
  import('./outcome/decide-claim').then((file) => file.DecideClaim),
)
export const VirtualLabPanel = dynamic(() =>
  import('@/components/lab/virtual-lab-panel').then((file) => file.VirtualLabPanel),
)
