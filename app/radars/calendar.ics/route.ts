import { calendarAnswer, refusedEnvironment } from '@/app/calendar-answer'
import { type AuthorizedByRoute, authorizeCalendar } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { listVerificationEntries } from '@/lib/db/queries/planning/verification'
import { textAnswer } from '@/lib/text-answers'

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
  const wrong = refusedEnvironment(asked)
  if (wrong) return wrong
  const { environment } = await resolveEnvironment(db, asked)
  const entries = await listVerificationEntries(db, environment, new Date())
  return calendarAnswer(entries, { title: 'fixes to check', file: 'fixes', environment })
}
