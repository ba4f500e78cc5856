import type { ContradictionRow } from '@/lib/db/queries/events/contradictions'
import { contradictionInfo, deviceFirst } from '@/lib/domain/contradiction/finding'
import { timelineReply } from '../reply-words'
import type { Gathered } from './gathered'
import type { TrialReport } from './report-format'

type Replies = Pick<TrialReport, 'replies' | 'contradictions' | 'checks'>

/** All messages about the device in this trial, in the order of the MDM server's clock, and how they differ from Apple's documentation. */
export function reportReplies({ record, times }: Gathered): Replies {
  const { view, contradictions, checks } = record
  const groups = Map.groupBy(deviceFirst(contradictions), ({ fingerprint }) => fingerprint)
  return {
    replies: view.replies.map((row) => {
      const { id, at, receivedAt, words, oddities, reason, ...rest } = timelineReply(row)
      return {
        eventId: id,
        at: at.toISOString(),
        receivedAt: receivedAt.toISOString(),
        commandUuid: rest.commandUuid ?? null,
        ordinal: rest.slotOrdinal ?? null,
        requestType: rest.requestType ?? null,
        topic: rest.topic ?? null,
        status: rest.status ?? null,
        readState: rest.readState,
        problem: reason ?? null,
        says: words,
        warnings: oddities.map(({ path, note }) => ({ path, note })),
        contradictions: [...groups].flatMap(([fingerprint, rows]) =>
          rows.some(({ rawEventId }) => rawEventId === id) ? [fingerprint] : [],
        ),
      }
    }),
    contradictions: [...groups].map(([fingerprint, rows]) =>
      reportContradiction(rows, times.get(fingerprint)),
    ),
    checks,
  }
}

function reportContradiction(
  rows: readonly ContradictionRow[],
  replies: number | undefined,
): TrialReport['contradictions'][number] {
  const [first] = rows
  if (!first) throw new Error('a group of contradictions has a row')
  const { fingerprint, kind, requestType, path, observed, expected, reason } = first
  return {
    ...{ fingerprint, kind, requestType, path, observed, expected, reason },
    label: contradictionInfo[kind].label,
    documentation: first.documentation,
    onVersions: [...new Set(rows.map(({ platform, osVersion }) => `${platform} ${osVersion}`))],
    eventIds: [...new Set(rows.map(({ rawEventId }) => rawEventId))],
    replies: replies ?? null,
    cites: first.cites.map(({ label, url }) => ({ label, url })),
    reported: first.reported.map(({ label, url }) => ({ label, url })),
  }
}
