'use server'

import { revalidatePath } from 'next/cache'
import { authorizeAction } from '@/lib/auth/guard'
import { recheckSignatures } from '@/lib/core/record/export-csv'
import { freezeReport } from '@/lib/core/record/frozen/freeze-report'
import { refused } from '@/lib/core/shared/result'
import { copyExportAt } from '@/lib/db/queries/trials/exports'
import { readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { paths } from '@/lib/paths'
import { renderInThread } from '@/lib/report-pdf/render-in-thread'
import { freezeForm } from './schema'

export async function freezeAction(given: unknown) {
  return authorizeAction('freezeReport', freezeForm, given, async (authorized, input) => {
    const { actor, db, copySql } = authorized
    const { environment, title } = input
    const { filter, problems } = readTrialFilter(input.filter)
    const [problem] = problems
    // With a filter left out there would be more trials in it than were listed.
    if (problem)
      return refused(`${problem.field}: ${problem.reason}. Accepted: ${problem.accepted}.`)
    await recheckSignatures(db, actor, { environment, filter }, new Date())
    const writers = {
      copyAt: (snapshot: string, query: Parameters<typeof copyExportAt>[2]) =>
        copyExportAt(copySql, snapshot, query),
      pdf: renderInThread,
    }
    const result = await freezeReport(
      db,
      actor,
      { title, environment, filter },
      writers,
      new Date(),
    )
    revalidatePath(paths.reports())
    return result
  })
}
