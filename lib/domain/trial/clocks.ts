import { keptReportTopic } from '../declaration/kept-reports'

/** A message with the time its MDM server wrote it, by the server's clock, and when it arrived, by Oneway's. */
type Stamped = { createdAt: Date | null; receivedAt: Date; topic: string | null }

/** How far a clock is ahead of Oneway's, in milliseconds; negative if it is behind. */
export type ClockDifference = { aheadMs: number; messages: number }

/**
 * The MDM server's clock against Oneway's, by the message that took the shortest way; undefined where no message names
 * its time. The way of that message is still in it, so the server may be ahead by that much more. A kept report was on no
 * way: somebody has read it at its server, hours later.
 */
export function serverClock(messages: readonly Stamped[]): ClockDifference | undefined {
  const ahead = messages.flatMap(({ createdAt, receivedAt, topic }) =>
    createdAt === null || topic === keptReportTopic
      ? []
      : [createdAt.getTime() - receivedAt.getTime()],
  )
  return ahead.length === 0 ? undefined : { aheadMs: Math.max(...ahead), messages: ahead.length }
}

const [minute, hour, day] = [60, 3600, 86_400]

/** "within 1 s of", "about 40 s ahead of", "about 3 min behind". @param exactMs smaller differences mean nothing */
export function differenceWords(aheadMs: number, exactMs: number): string {
  if (Math.abs(aheadMs) <= exactMs) return `within ${Math.ceil(exactMs / 1000)} s of`
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  const [size, unit] =
    seconds < 2 * minute
      ? [seconds, 's']
      : seconds < 2 * hour
        ? [Math.round(seconds / minute), 'min']
        : seconds < 2 * day
          ? [Math.round(seconds / hour), 'h']
          : [Math.round(seconds / day), 'd']
  return aheadMs > 0 ? `about ${size} ${unit} ahead of` : `about ${size} ${unit} behind`
}
