import { authorizeRoute } from '@/lib/auth/guard'
import { verifyTrail } from '@/lib/db/audit/log'

/** Walks the whole chain and compares every record with it: for the button of the audit page. */
export async function GET(request: Request): Promise<Response> {
  return authorizeRoute(request, 'readTrail', async ({ sql }) =>
    Response.json(await verifyTrail(sql), { headers: { 'cache-control': 'no-store' } }),
  )
}
