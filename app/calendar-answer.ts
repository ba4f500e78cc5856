import { calendarFile } from '@/lib/calendar-file/calendar-file'
import { type Environment, environments } from '@/lib/domain/device/device'
import type { CalendarEntry } from '@/lib/domain/planning/lab-calendar'
import { env } from '@/lib/env'
import { paths } from '@/lib/paths'
import { fileAnswer, textAnswer } from '@/lib/text-answers'

/** The refusal of an environment that is asked for and does not exist; undefined for one that may be shown. */
export const refusedEnvironment = (asked: string | undefined): Response | undefined =>
  asked === undefined || environments.some((one) => one === asked)
    ? undefined
    : textAnswer(400, `environment is one of ${environments.join(', ')}.`)

type Calendar = { title: string; file: string; environment: Environment }

/** A calendar as the file that programs subscribe to, whose name says that it is simulated. */
export function calendarAnswer(
  entries: readonly CalendarEntry[],
  { title, file, environment }: Calendar,
): Response {
  const isSimulated = environment === 'simulated'
  const withUrls = entries.map((entry) => {
    const { kind, id } = entry.about
    return { ...entry, url: new URL(paths[kind](id), env().ONEWAY_BASE_URL).href }
  })
  const name = `Oneway: ${title}${isSimulated ? ' (SIMULATED)' : ''}`
  return fileAnswer(calendarFile(name, withUrls), {
    type: 'text/calendar; charset=utf-8',
    name: `${isSimulated ? 'SIMULATED-' : ''}oneway-${file}.ics`,
  })
}
