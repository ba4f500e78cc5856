'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { withdrawLabReport } from '@/lib/core/record/lab-report/import-lab-report'
import { paths } from '@/lib/paths'

const withdrawSchema = z.strictObject({ id: z.string().max(100), reason: z.string().max(2000) })

export async function withdrawLabReportAction(given: z.input<typeof withdrawSchema>) {
  return authorizeAction('importLabReport', withdrawSchema, given, async ({ actor, db }, input) => {
    const result = await withdrawLabReport(db, actor, input, new Date())
    revalidatePath(paths.otherLabs())
    return result
  })
}
