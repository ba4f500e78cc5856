'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { refused } from '@/lib/core/shared/result'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { paths } from '@/lib/paths'
import { planOf, problemsOf, protocolFields } from './schema'

const saved = protocolFields.extend({
  protocolId: z.uuid().optional(),
  basedOn: z.number().int().positive().optional(),
})

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
