'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { makeShareLink, previewShare, revokeShareLink } from '@/lib/core/record/share/share-report'
import { env } from '@/lib/env'
import { paths } from '@/lib/paths'
import { makeShareSchema, previewShareSchema, revokeShareSchema } from './schema'

export async function previewShareAction(given: z.input<typeof previewShareSchema>) {
  return authorizeAction('shareReport', previewShareSchema, given, ({ actor, db }, input) =>
    previewShare(db, actor, input, new Date()),
  )
}

/** The address of the link is returned once, and cannot be shown again. */
export async function makeShareAction(given: z.input<typeof makeShareSchema>) {
  return authorizeAction('shareReport', makeShareSchema, given, async ({ actor, db }, input) => {
    const result = await makeShareLink(db, actor, input, new Date())
    if (result.status !== 'made') return result
    revalidatePath(paths.reports())
    const { token, ...made } = result
    return { ...made, url: `${env().ONEWAY_BASE_URL}${paths.shared(token)}` }
  })
}

export async function revokeShareAction(given: z.input<typeof revokeShareSchema>) {
  return authorizeAction('revokeShare', revokeShareSchema, given, async ({ actor, db }, { id }) => {
    const result = await revokeShareLink(db, actor, id, new Date())
    revalidatePath(paths.reports())
    return result
  })
}
