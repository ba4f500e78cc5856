'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { type ChangeIssue, changeKnownIssue } from '@/lib/core/lab/change-known-issues'
import { paths } from '@/lib/paths'
import { changeSchema, type TypedContent } from './schema'

const contentOf = ({ builds, ...content }: TypedContent) => ({
  ...content,
  builds: builds.split(/[\s,;]+/),
})

export async function changeKnownIssueAction(input: z.input<typeof changeSchema>) {
  return authorizeAction('changeKnownIssues', changeSchema, input, async ({ actor, db }, typed) => {
    const change: ChangeIssue =
      typed.kind === 'ended' ? typed : { ...typed, content: contentOf(typed.content) }
    const result = await changeKnownIssue(db, actor, change, new Date())
    // What the pages of devices and trials show of a verdict rests on it too.
    revalidatePath(paths.home(), 'layout')
    return result
  })
}
