import { type AuthorizedByRoute, authorizeCalendar } from '@/lib/auth/guard'
import { calendarFile } from '@/lib/calendar-file/calendar-file'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { listVerificationPlans } from '@/lib/db/queries/planning/verification'
import { environments } from '@/lib/domain/device/device'
import { verificationEntry } from '@/lib/domain/planning/verification-words'
import { env } from '@/lib/env'
import { paths } from '@/lib/paths'
import { fileAnswer, textAnswer } from '@/lib/text-answers'

/** The verification calendar as a feed, for a session, an API key, or a key for it in the address. */
export const GET = (request: Request): Promise<Response> =>
  authorizeCalendar(request, (authorized) => answer(authorized, request))

async function answer({ db }: AuthorizedByRoute, request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url)
  const [unknown] = [...searchParams.keys()].filter(
    (name) => !['environment', 'key'].includes(name),
  )
  if (unknown !== undefined) return textAnswer(400, 'Accepted in the address: environment, key.')
  const asked = searchParams.get('environment') ?? undefined
  if (asked !== undefined && !environments.some((one) => one === asked))
    return textAnswer(400, `environment is one of ${environments.join(', ')}.`)
  const { environment } = await resolveEnvironment(db, asked)
  const now = new Date()
  const today = now.toISOString().slice(0, 10)
  const entries = (await listVerificationPlans(db, environment, now)).flatMap(({ radar, plan }) => {
    const url = new URL(paths.radar(radar.id), env().ONEWAY_BASE_URL).href
    const named = { ...radar, changedAt: radar.changedAt ?? radar.createdAt }
    const entry = verificationEntry(named, plan, today)
    return entry ? [{ ...entry, url }] : []
  })
  const mark = environment === 'simulated' ? ' (SIMULATED)' : ''
  return fileAnswer(calendarFile(`Oneway: fixes to check${mark}`, entries), {
    type: 'text/calendar; charset=utf-8',
    name: environment === 'simulated' ? 'SIMULATED-oneway-fixes.ics' : 'oneway-fixes.ics',
  })
}
