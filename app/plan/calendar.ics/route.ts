import { calendarAnswer, refusedEnvironment } from '@/app/calendar-answer'
import { type AuthorizedByRoute, authorizeCalendar } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { environmentOfDevice } from '@/lib/db/queries/planning/bookings'
import { loadLabCalendar } from '@/lib/db/queries/planning/lab-calendar'
import { readCalendarView } from '@/lib/domain/planning/lab-calendar'
import { textAnswer } from '@/lib/text-answers'

const dayMs = 86_400_000
/** How long a program is told of what is over or was withdrawn, and how far ahead it is told. */
const [pastDays, aheadDays] = [60, 740]

/** The calendar of the lab, or of one device, as a feed: for a session, an API key, or a key for it in the address. */
export const GET = (request: Request): Promise<Response> =>
  authorizeCalendar(request, (authorized) => answer(authorized, request))

async function answer({ db }: AuthorizedByRoute, request: Request): Promise<Response> {
  const given = Object.fromEntries(new URL(request.url).searchParams)
  const { key: _, environment: asked, ...rest } = given
  const { view, problems } = readCalendarView(rest)
  const [problem] = problems
  if (problem || view.day !== undefined || view.span !== undefined)
    return textAnswer(
      400,
      `${problem ? `${problem.field}: ${problem.reason}. ` : ''}Accepted in the address: environment, device, key.`,
    )
  const wrong = refusedEnvironment(asked)
  if (wrong) return wrong
  const { environment } = await resolveEnvironment(
    db,
    asked ?? (await environmentOfDevice(db, view.device)),
  )
  const now = new Date()
  const entries = await loadLabCalendar(
    db,
    {
      ...{ environment, deviceId: view.device, cancelled: true },
      from: new Date(now.getTime() - pastDays * dayMs),
      to: new Date(now.getTime() + aheadDays * dayMs),
    },
    now,
  )
  return calendarAnswer(entries, { title: 'calendar', file: 'calendar', environment })
}
