import type { Db } from '@/lib/db/client'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { type ListedTrial, listTrials } from '@/lib/db/queries/trials/trial-list'
import { type ApiAnswer, answering, refuse } from './answer'
import { readQuery, trialsQuery } from './query'
import { pageOf, trialSchema } from './schema'

const give = answering(pageOf(trialSchema))

/** Trials, the newest first, a page at a time. */
export async function answerTrials(db: Db, url: URL): Promise<ApiAnswer> {
  const read = readQuery(url, trialsQuery)
  if ('problem' in read) return refuse(400, read.problem)
  const { environment: asked, ...query } = read.query
  const { environment } = await resolveEnvironment(db, asked)
  const { rows, next } = await listTrials(db, { ...query, environment })
  return give({ environment, data: rows.map(withEndState), next })
}

const withEndState = (row: ListedTrial) => ({ ...row, endState: row.end.state })
