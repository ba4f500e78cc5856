import { type AuthorizedByRoute, authorizeApi } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { type ListedTrial, listTrials } from '@/lib/db/queries/trials/trial-list'
import { answerWith, refuse } from '../answer'
import { readQuery, trialsQuery } from '@/lib/api/query'
import { pageOf, trialSchema } from '@/lib/api/schema'

/** Trials, the newest first, a page at a time. */
export const GET = (request: Request): Promise<Response> =>
  authorizeApi(request, 'look', (authorized) => answer(authorized, request))

async function answer({ db }: AuthorizedByRoute, request: Request): Promise<Response> {
  const read = readQuery(request, trialsQuery)
  if ('problem' in read) return refuse(400, read.problem)
  const { environment: asked, ...query } = read.query
  const { environment } = await resolveEnvironment(db, asked)
  const { rows, next } = await listTrials(db, { ...query, environment })
  return answerWith(pageOf(trialSchema), { environment, data: rows.map(withEndState), next })
}

const withEndState = (row: ListedTrial) => ({ ...row, endState: row.end.state })
