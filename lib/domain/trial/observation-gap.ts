import { exactTime } from '../text/exact-time'

/** A time in which nothing of an MDM server was received; open while it lasts. */
export type ObservationGap = { beganAt: Date; endedAt?: Date | undefined }

/** Longer than this without a heartbeat is a gap; a web server writes one every ten seconds. */
export const gapAfterMs = 30_000

/** Whether a gap and the time from `from` on have a moment in common. */
export const overlaps = (gap: ObservationGap, from: Date): boolean =>
  gap.endedAt === undefined || gap.endedAt >= from

/** In words for a record, in UTC. */
export function describeGap({ beganAt, endedAt }: ObservationGap): string {
  const [from, to] = [exactTime(beganAt), endedAt && exactTime(endedAt)]
  return to ? `observation gap from ${from} to ${to}` : `observation gap since ${from}, still open`
}
