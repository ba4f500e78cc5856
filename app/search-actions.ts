'use server'

import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import type { Refusal } from '@/lib/core/shared/result'
import { type Found, searchAll } from '@/lib/db/queries/search'

const wanted = z.object({ text: z.string().max(300) })

/** Devices, trials, protocols and servers that hold a text, in both environments. */
export async function searchAction(
  input: z.input<typeof wanted>,
): Promise<{ status: 'found'; found: Found[] } | Refusal> {
  return authorizeAction('look', wanted, input, async ({ db }, { text }) => ({
    status: 'found' as const,
    found: await searchAll(db, text),
  }))
}
