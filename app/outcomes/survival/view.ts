import type { TimedOne, TimedTrials } from '@/lib/core/trials/time-events'
import { kaplanMeier, type SurvivalCurve } from '@/lib/domain/statistics/kaplan-meier'
import type { TimedEvent } from '@/lib/domain/statistics/time-to-event'
import { byValue } from '@/lib/domain/trial/factors'

/** What the page calls an event, and what in the record shows it. */
export const eventWords: Record<TimedEvent, { name: string; about: string }> = {
  installed: {
    name: 'another OS',
    about:
      'The event is the first reading of another OS than the starting one. It came after the last reading of the old OS and by that one.',
  },
  prompted: {
    name: 'the prompt',
    about:
      'The event is the first observation “Prompt shown”. It came after the observation before it and by that one; a trial without it is censored at its last observation of any kind.',
  },
  downloaded: {
    name: 'the finished download',
    about:
      'The event is the first OSUpdateStatus with IsDownloaded true, error reply for a finished download, or other OS. It came after the last report of an unfinished download. What a person saw in Settings is not counted, as the download may have been under way.',
  },
}

/** Trials that make one curve; without a curve where they are too few. */
export type Group = {
  name: string
  timed: TimedOne[]
  /** Trials in whose record nothing says whether the event had happened. */
  unknown: number
  curve: SurvivalCurve | undefined
}

export const groupOf = (name: string, { timed, unknown }: TimedTrials): Group => ({
  ...{ name, timed, unknown: unknown.length },
  curve: kaplanMeier(timed),
})

/** One group for each starting version, in version order. */
export function groupsByVersion({ timed, unknown, more }: TimedTrials): Group[] {
  const known = Map.groupBy(timed, ({ startOs }) => startOs)
  const unseen = Map.groupBy(unknown, ({ startOs }) => startOs)
  return [...new Set([...known.keys(), ...unseen.keys()])]
    .toSorted(byValue('version'))
    .map((name) =>
      groupOf(name, { timed: known.get(name) ?? [], unknown: unseen.get(name) ?? [], more }),
    )
}
