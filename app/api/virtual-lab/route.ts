import { type Authorized, authorizeRoute } from '@/lib/auth/guard'
import { lookAtVirtualLab } from '@/lib/core/lab/control-virtual-lab'
import { hasVirtualLab } from '@/lib/db/queries/environments'
import { virtualLabSlug } from '@/lib/demo/seed'
import { createLabControl } from '@/lib/virtual-lab/control-client'

const answer = (body: object, status = 200) =>
  Response.json(body, { status, headers: { 'cache-control': 'no-store' } })

/** The truth about the virtual devices, for the control panel; every answer says that it is simulated. */
export async function GET(request: Request): Promise<Response> {
  return authorizeRoute(request, 'look', look, (status, error) => answer({ error }, status))
}

async function look({ actor, db }: Authorized): Promise<Response> {
  if (!(await hasVirtualLab(db))) return answer({ error: 'There is no virtual lab here.' }, 404)
  const seen = await lookAtVirtualLab(db, actor, { slug: virtualLabSlug }, createLabControl)
  if (seen.status === 'refused') return answer({ error: seen.reason }, 502)
  return answer({ simulated: true, ...seen.view })
}
