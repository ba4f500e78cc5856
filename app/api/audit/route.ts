import { authorizeRoute } from '@/lib/auth/guard'
import { exportLimitAnswer } from '@/lib/auth/refusal-answers'
import { csvOfTrail } from '@/lib/db/audit/csv'
import { recordExport } from '@/lib/db/audit/record-action'
import { fileAnswer } from '@/lib/text-answers'

/** The whole audit trail as CSV, with the result of the chain check in its last line. */
export async function GET(request: Request): Promise<Response> {
  return authorizeRoute(request, 'readTrail', async (authorized) => {
    const wait = await exportLimitAnswer(authorized)
    if (wait) return wait
    const { actor, db, sql } = authorized
    const bom = new URL(request.url).searchParams.get('bom') === '1'
    const csv = recordExport(db, actor, { file: 'audit', form: 'csv' }, csvOfTrail(sql, { bom }))
    const day = new Date().toISOString().slice(0, 10)
    return fileAnswer(csv, {
      type: 'text/csv; charset=utf-8; header=present',
      name: `oneway-audit-${day}.csv`,
    })
  })
}
