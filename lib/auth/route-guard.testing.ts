import type { AuthorizedByRoute } from '@/lib/auth/guard'
import { lead } from '@/lib/core/testing/people'
import type { Db } from '@/lib/db/client'

// Stands for lib/auth/guard in the tests of routes: the guard needs a session and the app's own pool, and e2e/access
// tests it. `vi.mock('@/lib/auth/guard', () => import('@/lib/auth/route-guard.testing'))`

/** The database that routes get, and the permissions that they have asked for. */
export const guarded: { db: Db | undefined; asked: string[] } = { db: undefined, asked: [] }

/** Lets everybody in as a lead. */
export async function authorizeRoute(
  _request: Request,
  action: string,
  run: (authorized: Pick<AuthorizedByRoute, 'actor' | 'db'>) => Promise<Response>,
): Promise<Response> {
  const { db, asked } = guarded
  if (!db) throw new Error('the test gave no database')
  asked.push(action)
  return run({ actor: lead, db })
}

/** Lets everybody in, as routes without a session do. */
export async function publicRoute(
  _request: Request,
  what: string,
  run: (given: { db: Db }) => Promise<Response>,
): Promise<Response> {
  const { db, asked } = guarded
  if (!db) throw new Error('the test gave no database')
  asked.push(what)
  return run({ db })
}
