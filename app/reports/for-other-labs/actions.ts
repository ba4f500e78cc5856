'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { makeLabReport, previewLabReport } from '@/lib/core/record/lab-report/make-lab-report'
import { refused } from '@/lib/core/shared/result'
import { readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { paths } from '@/lib/paths'
import { makeLabReportSchema, previewLabReportSchema } from './schema'

/** With a filter left out there would be more trials to choose from than were listed. */
function filterOf(given: Record<string, string>) {
  const { filter, problems } = readTrialFilter(given)
  const [problem] = problems
  return problem
    ? refused(`${problem.field}: ${problem.reason}. Accepted: ${problem.accepted}.`)
    : { status: 'read' as const, filter }
}

export async function previewLabReportAction(given: z.input<typeof previewLabReportSchema>) {
  return authorizeAction(
    'shareReport',
    previewLabReportSchema,
    given,
    async ({ actor, db }, input) => {
      const read = filterOf(input.filter)
      if (read.status === 'refused') return read
      const result = await previewLabReport(db, actor, { ...input, filter: read.filter })
      if (result.status === 'refused') return result
      const { status, text, digest } = result
      return { status, text, digest }
    },
  )
}

export async function makeLabReportAction(given: z.input<typeof makeLabReportSchema>) {
  return authorizeAction('shareReport', makeLabReportSchema, given, async (authorized, input) => {
    const { actor, db } = authorized
    const read = filterOf(input.filter)
    if (read.status === 'refused') return read
    const result = await makeLabReport(db, actor, { ...input, filter: read.filter }, new Date())
    revalidatePath(paths.reports())
    return result
  })
}
