import { type AuthorizedByRoute, authorizeRoute } from '@/lib/auth/guard'
import { exportLimitAnswer } from '@/lib/auth/refusal-answers'
import { recordExport } from '@/lib/db/audit/record-action'
import { findFrozenFile, findFrozenReport } from '@/lib/db/queries/frozen-reports'
import { uuidForm } from '@/lib/domain/text/typed-text'
import { fileAnswer, textAnswer } from '@/lib/text-answers'

type Context = { params: Promise<{ id: string }> }

/** A frozen report, byte for byte as it was frozen. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params
  return authorizeRoute(
    request,
    'readTrail',
    async (authorized) => (await exportLimitAnswer(authorized)) ?? answer(authorized, id),
  )
}

async function answer({ actor, db }: AuthorizedByRoute, id: string): Promise<Response> {
  const report = uuidForm.test(id) ? await findFrozenReport(db, id) : undefined
  const file = report && (await findFrozenFile(db, id))
  if (!report || !file) return textAnswer(404, 'There is no such report.')
  const about = { file: 'frozen report', form: 'bytes', table: 'frozen_reports', row: id } as const
  const mark = report.simulated ? '-SIMULATED' : ''
  const of = report.kind === 'otherLabs' ? 'for-other-labs' : 'report'
  return fileAnswer(recordExport(db, actor, about, new Uint8Array(file)), {
    type: 'application/zip',
    name: `F-${report.number}${mark}-${of}.zip`,
  })
}
