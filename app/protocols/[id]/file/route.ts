import { type AuthorizedByRoute, authorizeRoute } from '@/lib/auth/guard'
import { exportLimitAnswer } from '@/lib/auth/refusal-answers'
import { exportProtocol } from '@/lib/core/trials/protocol-file'
import { recordExport } from '@/lib/db/audit/record-action'
import { fileAnswer, textAnswer } from '@/lib/text-answers'

type Context = { params: Promise<{ id: string }> }

/** A version of a protocol as a file of JSON: the one in `?version=`, or the newest. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params
  const asked = new URL(request.url).searchParams.get('version') ?? undefined
  return authorizeRoute(request, 'export', async (authorized) =>
    asked === undefined || /^[1-9]\d{0,8}$/.test(asked)
      ? ((await exportLimitAnswer(authorized)) ?? answer(authorized, id, asked))
      : textAnswer(400, 'version: Accepted: a number, such as 2.'),
  )
}

async function answer(
  { actor, db }: AuthorizedByRoute,
  protocolId: string,
  asked: string | undefined,
): Promise<Response> {
  const version = asked === undefined ? undefined : Number(asked)
  const made = await exportProtocol(db, actor, { protocolId, version }, new Date())
  if (made.status === 'absent') return textAnswer(404, made.reason)
  if (made.status === 'refused') return textAnswer(403, made.reason)
  const { file } = made
  const filter = { version: file.protocolVersion }
  const about = { table: 'protocols', row: protocolId, filter }
  const body = `${JSON.stringify(file, null, 2)}\n`
  return fileAnswer(recordExport(db, actor, { file: 'protocol', form: 'bytes', ...about }, body), {
    type: 'application/json; charset=utf-8',
    name: `oneway-protocol-version-${file.protocolVersion}.json`,
  })
}
