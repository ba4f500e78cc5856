import type { FilterProblem } from '../text/address-filter'
import type { TimedTrial } from './kaplan-meier'

/** What the time of a trial is measured to, from the sending of its first command or declaration. */
export const timedEvents = ['installed', 'prompted', 'downloaded'] as const
/** The maximum number of trials whose replies are read for one page. */
export const maxTimed = 1000
export type TimedEvent = (typeof timedEvents)[number]

/** What a record says about an event at one instant: whether it had happened by then, and how that is known. */
export type Look = { at: Date; happened: boolean; evidence: string }

export type EventTime = TimedTrial & {
  /** Minutes from the sending to the look at which it had happened, or else to the last one at which it had not. */
  time: number
  /** Minutes until which it had not happened; below `time`, and 0 where nobody looked before. */
  notBefore: number
  evidence: string
}

/**
 * The time of an event that is seen only when somebody or something looks: it came after the last look without it
 * and by the first look with it. The later bound is taken as its time, and a trial without the event is censored
 * at its last look. Undefined where nothing looked from `sentAt` to `endedAt`, as then nothing is known.
 */
export function timeToEvent(
  { sentAt, endedAt }: { sentAt: Date; endedAt?: Date | undefined },
  looks: readonly Look[],
): EventTime | undefined {
  const during = looks
    .filter(({ at }) => at >= sentAt && (endedAt === undefined || at <= endedAt))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const first = during.find(({ happened }) => happened)
  const before = during.findLast(({ at, happened }) => !happened && (!first || at < first.at))
  const last = first ?? before
  if (!last) return undefined
  const minutes = (at: Date) => (at.getTime() - sentAt.getTime()) / 60_000
  return {
    time: minutes(last.at),
    notBefore: before ? minutes(before.at) : 0,
    happened: first !== undefined,
    evidence: last.evidence,
  }
}

/** The event in an address; the install without one. What is not understood is reported. */
export function readTimedEvent(given: string | string[] | undefined): {
  event: TimedEvent
  problems: FilterProblem[]
} {
  const text = [given].flat()[0]?.trim() || 'installed'
  const event = timedEvents.find((one) => one === text)
  if (event) return { event, problems: [] }
  const reason = `“${text.slice(0, 100)}” is not valid for event`
  return {
    event: 'installed',
    problems: [{ field: 'event', reason, accepted: timedEvents.join(', ') }],
  }
}
