import { authorizeRoute } from '@/lib/auth/guard'
import { verifyFile } from '@/lib/core/record/frozen/verify-file'
import { textAnswer } from '@/lib/text-answers'

/**
 * What a file is: its bytes are the body, its name is in the address. Read and compared, never stored. A larger body
 * than lib/web/body-limits.ts allows never comes here.
 */
export async function POST(request: Request): Promise<Response> {
  return authorizeRoute(request, 'look', async ({ actor, db }) => {
    const name = (new URL(request.url).searchParams.get('name') ?? '').slice(0, 300)
    const bytes = new Uint8Array(await request.arrayBuffer())
    if (bytes.length === 0) return textAnswer(400, 'The file is empty. Choose another one.')
    const verified = await verifyFile(db, actor, { bytes, name })
    return verified.status === 'refused'
      ? textAnswer(403, verified.reason)
      : Response.json(verified)
  })
}
