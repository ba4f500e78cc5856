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

function changeOf(typed: z.output<typeof changeSchema>): ChangeIssue {
  if (typed.kind === 'ended') return typed
  const content = contentOf(typed.content)
  if (typed.kind === 'added') return { ...typed, content }
  return { ...typed, content, seen: typed.seen && contentOf(typed.seen) }
}

export async function changeKnownIssueAction(input: z.input<typeof changeSchema>) {
  return authorizeAction('changeKnownIssues', changeSchema, input, async ({ actor, db }, typed) => {
    const result = await changeKnownIssue(db, actor, changeOf(typed), new Date())
    // What the pages of devices and trials show of a verdict rests on it too.
    revalidatePath(paths.home(), 'layout')
    if (!('stored' in result)) return result
    const { builds, ...stored } = result.stored
    return { ...result, stored: { ...stored, builds: builds.join(', ') } }
  })
}
