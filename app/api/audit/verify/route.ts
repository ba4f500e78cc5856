import { enterRoute } from '@/lib/auth/door'
import { verifyTrail } from '@/lib/db/audit/log'

/** Walks the whole chain and compares every record with it: for the button of the audit page. */
export async function GET(request: Request): Promise<Response> {
  return enterRoute(request, 'readTrail', async ({ sql }) =>
    Response.json(await verifyTrail(sql), { headers: { 'cache-control': 'no-store' } }),
  )
}
