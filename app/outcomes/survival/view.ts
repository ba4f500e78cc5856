import type { TimedOne } from '@/lib/core/trials/time-events'
import type { TimeGroup } from '@/lib/domain/statistics/time-groups'
import type { TimedEvent } from '@/lib/domain/statistics/time-to-event'

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

export type Group = TimeGroup<TimedOne>
