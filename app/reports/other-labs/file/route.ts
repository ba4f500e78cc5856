import { authorizeRoute } from '@/lib/auth/guard'
import { importLabReport, previewLabImport } from '@/lib/core/record/lab-report/import-lab-report'
import { textAnswer } from '@/lib/text-answers'

/**
 * A report of another lab: its bytes are the body. Without `sha256` it is read and described, and not kept; with the
 * SHA-256 of what was shown, and the name of the lab, it is imported. A larger body than lib/web/body-limits.ts allows never
 * comes here.
 */
export async function POST(request: Request): Promise<Response> {
  return authorizeRoute(request, 'importLabReport', async ({ actor, db }) => {
    const { searchParams } = new URL(request.url)
    const bytes = new Uint8Array(await request.arrayBuffer())
    if (bytes.length === 0) return textAnswer(400, 'The file is empty. Choose another one.')
    const sha256 = searchParams.get('sha256')
    const labName = (searchParams.get('labName') ?? '').slice(0, 1000)
    const now = new Date()
    return Response.json(
      sha256 === null
        ? await previewLabImport(db, actor, bytes, now)
        : await importLabReport(db, actor, { bytes, sha256, labName }, now),
    )
  })
}
