'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { paths } from '@/lib/paths'
import { refused } from '@/lib/services/result'
import { saveProtocol } from '@/lib/services/save-protocol'
import { type ProtocolText, planOf, problemsOf, protocolFields } from './schema'

const place = z.object({
  protocolId: z.uuid().optional(),
  basedOn: z.number().int().positive().optional(),
})

/** Saves a new protocol or the next version of one; a refusal names the field of the editor. */
export async function saveProtocolAction(typed: ProtocolText, where: z.input<typeof place>) {
  return enterAction('editProtocol', async ({ actor, db }) => {
    const parsed = protocolFields.safeParse(typed)
    const at = place.safeParse(where)
    if (!parsed.success || !at.success) {
      const issue = (parsed.error ?? at.error)?.issues[0]
      return refused(issue?.message ?? 'this cannot be read', issue?.path.join('.'))
    }
    const [problem] = problemsOf(parsed.data)
    if (problem) return refused(problem.because, problem.field)
    const input = { ...at.data, plan: planOf(parsed.data) }
    const result = await saveProtocol(db, actor, input, new Date())
    if (result.status === 'refused') return result
    revalidatePath(paths.protocols(), 'layout')
    return result
  })
}
