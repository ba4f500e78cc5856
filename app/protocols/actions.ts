'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { refused } from '@/lib/core/shared/result'
import { readProtocolFile } from '@/lib/core/trials/protocol-file'
import { retireProtocol, reviewProtocol } from '@/lib/core/trials/review-protocol'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { paths } from '@/lib/paths'
import { planOf, problemsOf, protocolFields, textOf } from './schema'

const saved = protocolFields.extend({
  protocolId: z.uuid().optional(),
  basedOn: z.number().int().positive().optional(),
})

const judged = z.object({ versionId: z.uuid(), reason: z.string().max(5000) })

export async function reviewProtocolAction(input: z.input<typeof judged>) {
  return authorizeAction('reviewProtocol', judged, input, async ({ actor, db }, given) => {
    const result = await reviewProtocol(db, actor, given, new Date())
    if (result.status === 'done') revalidatePath(paths.protocols(), 'layout')
    return result
  })
}

/** Retires a version with a reason. */
export async function retireProtocolAction(input: z.input<typeof judged>) {
  return authorizeAction('reviewProtocol', judged, input, async ({ actor, db }, given) => {
    const result = await retireProtocol(db, actor, given, new Date())
    if (result.status === 'done') revalidatePath(paths.protocols(), 'layout')
    return result
  })
}

const file = z.object({ text: z.string().max(500_000) })

/** Reads a file into the form of the editor; nothing is saved. */
export async function readProtocolFileAction(input: z.input<typeof file>) {
  return authorizeAction('editProtocol', file, input, async ({ actor }, given) => {
    const result = await readProtocolFile(actor, given.text)
    if (result.status === 'refused') return result
    return { status: 'read' as const, typed: textOf(result.plan), claims: result.claims }
  })
}

/** Saves a new protocol or the next version of one; a refusal names the field of the editor. */
export async function saveProtocolAction(input: z.input<typeof saved>) {
  return authorizeAction('editProtocol', saved, input, async ({ actor, db }, given) => {
    const { protocolId, basedOn, ...typed } = given
    const [problem] = problemsOf(typed)
    if (problem) return refused(problem.reason, problem.field)
    const wanted = { protocolId, basedOn, plan: planOf(typed) }
    const result = await saveProtocol(db, actor, wanted, new Date())
    if (result.status === 'refused') return result
    revalidatePath(paths.protocols(), 'layout')
    return result
  })
}
