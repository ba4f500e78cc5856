'use client'

import dynamic from 'next/dynamic'

// Parts that few trials show, or only the full record, with what they alone need (zod, react-hook-form, Apple's documents, the
// virtual lab, scrolling areas of tables): they come with a page that shows them, and a phone at the bench does not load them.

export const ArmForm = dynamic(() => import('./release/arm-form').then((file) => file.ArmForm))
export const DecideClaim = dynamic(() =>
  import('./outcome/decide-claim').then((file) => file.DecideClaim),
)
export const VirtualLabPanel = dynamic(() =>
  import('@/components/lab/virtual-lab-panel').then((file) => file.VirtualLabPanel),
)
export const AskForm = dynamic(() => import('./review/ask-form').then((file) => file.AskForm))
export const QueryItem = dynamic(() => import('./review/query-item').then((file) => file.QueryItem))
export const RecordTable = dynamic(() =>
  import('./record/record-table').then((file) => file.RecordTable),
)
