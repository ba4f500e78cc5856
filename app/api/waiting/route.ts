import { type Authorized, authorizeRoute } from '@/lib/auth/guard'
import { listWaiting } from '@/lib/core/home/list-waiting'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { totalWaiting } from '@/lib/domain/waiting'

const answer = (body: object, status = 200) =>
  Response.json(body, { status, headers: { 'cache-control': 'no-store' } })

/** How many things wait for the person who asks, in one environment: the number in the menu. */
export async function GET(request: Request): Promise<Response> {
  const asked = new URL(request.url).searchParams.get('environment') ?? undefined
  return authorizeRoute(
    request,
    'look',
    (authorized) => count(authorized, asked),
    (status, error) => answer({ error }, status),
  )
}

async function count({ actor, db }: Authorized, asked: string | undefined): Promise<Response> {
  const { environment } = await resolveEnvironment(db, asked)
  const waiting = await listWaiting(db, actor, environment, new Date())
  return answer({ environment, waiting: totalWaiting(waiting) })
}
