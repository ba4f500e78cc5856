import { exactTime } from '../text/exact-time'

/** A time in which nothing of an MDM server could be heard; open while it lasts. */
export type ObservationGap = { beganAt: Date; endedAt?: Date | undefined }

/** Longer than this without a sign of life is a gap; a web server beats every ten seconds. */
export const gapAfterMs = 30_000

/** Whether a gap and the time from `from` on have a moment in common. */
export const overlaps = (gap: ObservationGap, from: Date): boolean =>
  gap.endedAt === undefined || gap.endedAt >= from

/** In words for a record, in UTC. */
export function describeGap({ beganAt, endedAt }: ObservationGap): string {
  const until = endedAt ? `to ${exactTime(endedAt)}` : 'on, and still not'
  return `nothing could be received from ${exactTime(beganAt)} ${until}`
}
