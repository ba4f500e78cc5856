/** What the API of declarations calls it; no webhook has such a topic. */
export const keptReportTopic = 'status-report'

/** A status report that a server of declarations has kept. */
export type KeptReport = {
  /** Of its bytes, in hex. */
  sha256: string
  /** When the server got it, by its own clock and in whole seconds. */
  at: Date
  /** The time that it has in the record, if it was read before. */
  recordedAt?: Date | undefined
}

/** A status report that the webhook brought, at its time in the record. */
export type PostedReport = { rawEventId: number; sha256: string; at: Date }

/** The webhook's event of the same report, or the time that a missed report gets in the record. */
export type PlacedReport = { is: 'brought'; rawEventId: number } | { is: 'missed'; at: Date }

/**
 * How far apart the server of declarations and the MDM server may date the same report: they may run on two machines.
 * Where their clocks are further apart, a report that the webhook brought is taken for a missed one and is there twice.
 */
export const sameReportMs = 120_000

/** From the middle of the second that the server names. */
export const apartMs = (kept: Date, posted: Date): number =>
  Math.abs(posted.getTime() - kept.getTime() - 500)

/**
 * Tells the reports that the webhook brought from those that it missed. A device may send the same bytes several times, so each
 * posted report accounts for one kept report, the nearest in time. A missed one stands in the record where it stands among
 * the others at its server: its time is moved by as much as that needs, because the newest report says what holds now.
 * @param kept in the order of the server, the newest first
 */
export function placeReports(
  kept: readonly KeptReport[],
  posted: readonly PostedReport[],
): PlacedReport[] {
  const brought = pairsOf(kept, posted)
  const fixed = kept.map(({ recordedAt }, index) =>
    (brought.get(index)?.at ?? recordedAt)?.getTime(),
  )
  const times = timesBetween(
    kept.map(({ at }) => at.getTime()),
    fixed,
  )
  return kept.map((_, index) => {
    const event = brought.get(index)
    if (event) return { is: 'brought', rawEventId: event.rawEventId }
    return { is: 'missed', at: new Date(times[index] ?? 0) }
  })
}

function pairsOf(
  kept: readonly KeptReport[],
  posted: readonly PostedReport[],
): Map<number, PostedReport> {
  const bySha = Map.groupBy(posted, ({ sha256 }) => sha256)
  const near = kept.flatMap((one, index) =>
    one.recordedAt
      ? []
      : (bySha.get(one.sha256) ?? [])
          .map((event) => ({ index, event, apart: apartMs(one.at, event.at) }))
          .filter(({ apart }) => apart <= sameReportMs),
  )
  const pairs = new Map<number, PostedReport>()
  const taken = new Set<number>()
  for (const { index, event } of near.toSorted((a, b) => a.apart - b.apart)) {
    if (pairs.has(index) || taken.has(event.rawEventId)) continue
    pairs.set(index, event)
    taken.add(event.rawEventId)
  }
  return pairs
}

/** Moves times, the newest first, so that each lies before the next newer one that is fixed, and after the next older one. */
function timesBetween(
  stated: readonly number[],
  fixed: readonly (number | undefined)[],
): readonly number[] {
  let newer = Number.POSITIVE_INFINITY
  const times = stated.map((time, index) => {
    newer = Math.min(fixed[index] ?? Math.min(time, newer - 1), newer)
    return newer
  })
  const limits = fixed.map((_, index) =>
    Math.min(...fixed.slice(0, index).flatMap((at) => at ?? [])),
  )
  let older = Number.NEGATIVE_INFINITY
  for (let index = times.length - 1; index >= 0; index -= 1) {
    const own = fixed[index]
    const time = own ?? Math.min(Math.max(times[index] ?? 0, older + 1), (limits[index] ?? 0) - 1)
    times[index] = time
    older = Math.max(older, time)
  }
  return times
}

/** What a press has found. */
export type FoundReports = {
  /** Reports that the webhook had not brought: they are events now. */
  missed: number
  /** Reports that are on the record, by the webhook or by an earlier press. */
  known: number
  /** Reports without a time that can be right; they cannot be put in order, so they are left where they are. */
  timeless: number
  /** Why older ones were not read, if that is not because there are none. */
  stopped: string | undefined
}

/** "2 had not arrived by the webhook, 5 were known". */
export function reportsInWords({ missed, known, timeless, stopped }: FoundReports): string {
  if (missed + known + timeless === 0 && stopped === undefined) return 'there are none'
  const parts = [
    missed === 0 ? 'none was missing' : `${missed} had not arrived by the webhook`,
    `${known} ${known === 1 ? 'was' : 'were'} known`,
    ...(timeless > 0 ? [`${timeless} without a possible time left out`] : []),
    ...(stopped === undefined ? [] : [`older ones were not read: ${stopped}`]),
  ]
  return parts.join(', ')
}

/** Of a trial with an observation gap, the entry of the last press after it; `undefined` where there was none, and `null` without a gap. */
export function readAfterGap<S extends { kind: string; data: unknown }>(
  steps: readonly S[],
): S | undefined | null {
  const gap = steps.findLastIndex(({ kind }) => kind === 'observationGap')
  if (gap < 0) return null
  return steps
    .slice(gap)
    .findLast(({ data }) => typeof data === 'object' && data !== null && 'keptReports' in data)
}
