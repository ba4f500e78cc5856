import type { TimedOne } from '@/lib/core/trials/time-events'
import type { TimeGroup } from '@/lib/domain/statistics/time-groups'
import type { TimedEvent } from '@/lib/domain/statistics/time-to-event'

/** What a time of a declaration holds besides the update, whatever it is measured to. */
export const declaredTime =
  'A declaration counts from its sending as a command does, so its time includes the wait until the local time that it names.'

/** What the page calls an event, what in the record shows it, and what of a device under a declaration does not. */
export const eventWords: Record<TimedEvent, { name: string; about: string; declared: string }> = {
  installed: {
    name: 'another OS',
    about:
      'The event is the first reading of another OS than the starting one. It came after the last reading of the old OS and by that one.',
    declared:
      'An OS in a status report is a claim, and neither bound: the answer to a query, an enrolment or a person is.',
  },
  prompted: {
    name: 'the prompt',
    about:
      'The event is the first observation “Prompt shown”. It came after the observation before it and by that one; a trial without it is censored at its last observation of any kind.',
    declared: 'That a status report says so is a claim, and no observation.',
  },
  downloaded: {
    name: 'the finished download',
    about:
      'The event is the first OSUpdateStatus with IsDownloaded true, error reply for a finished download, or other OS. It came after the last report of an unfinished download. What a person saw in Settings is not counted, as the download may have been under way.',
    declared:
      'A download in a status report is a claim and not counted; from 27 on there is no OSUpdateStatus, so only the other OS shows it.',
  },
}

export type Group = TimeGroup<TimedOne>
