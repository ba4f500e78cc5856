import { type AuthorizedByRoute, authorizeRoute } from '@/lib/auth/guard'
import { exportLimitAnswer } from '@/lib/auth/refusal-answers'
import { copyTrial } from '@/lib/core/record/copy-trial'
import { trialCopyText } from '@/lib/core/record/trial-copy-format'
import { recordExport } from '@/lib/db/audit/record-action'
import { fileAnswer, textAnswer } from '@/lib/text-answers'

type Context = { params: Promise<{ id: string }> }

const forms = {
  json: { type: 'application/json; charset=utf-8', ending: 'json' },
  text: { type: 'text/plain; charset=utf-8', ending: 'txt' },
} as const

const codes = { absent: 404, busy: 503, tooLarge: 413, refused: 403 } as const

/** The complete copy of one trial with its audit trail: as JSON, or with `?as=text` for people. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params
  const as = new URL(request.url).searchParams.get('as') ?? 'json'
  return authorizeRoute(request, 'readTrail', async (authorized) =>
    as === 'json' || as === 'text'
      ? ((await exportLimitAnswer(authorized)) ?? answer(authorized, id, as))
      : textAnswer(400, 'as: Accepted: json, text.'),
  )
}

async function answer(
  { actor, db }: AuthorizedByRoute,
  trialId: string,
  as: keyof typeof forms,
): Promise<Response> {
  const copied = await copyTrial(db, actor, { trialId }, new Date())
  if (copied.status !== 'copied') return textAnswer(codes[copied.status], copied.reason)
  const { copy } = copied
  const body = as === 'json' ? `${JSON.stringify(copy, null, 1)}\n` : trialCopyText(copy)
  const about = { table: 'trials', row: trialId, trialId, filter: { as } }
  const { type, ending } = forms[as]
  const name = `${copy.name}${copy.mark ? '-SIMULATED' : ''}-copy.${ending}`
  return fileAnswer(
    recordExport(db, actor, { file: 'trial copy', form: 'bytes', ...about }, body),
    {
      type,
      name,
    },
  )
}
