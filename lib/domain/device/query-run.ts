/** What became of one device of a query run. */
export const runDeviceStates = [
  'waiting',
  'querying',
  'answered',
  'notAnswered',
  'notQueried',
] as const
export type RunDeviceState = (typeof runDeviceStates)[number]

export const runDeviceLabels: Record<RunDeviceState, string> = {
  waiting: 'Waiting',
  querying: 'Queried, no answer yet',
  answered: 'Answered',
  notAnswered: 'Not answered',
  notQueried: 'Not queried',
}

/** A device that may still change in a run. */
export const openRunDeviceStates = ['waiting', 'querying'] as const satisfies RunDeviceState[]

const minute = 60_000

/** Limits of this lab notebook; none of them is Apple's. */
export const queryRunLimits = {
  /** Of one run: half an hour's work at the pace below, when each device takes ten seconds. */
  devices: 500,
  /** Devices of one MDM server that are being queried and may still answer at once. */
  atOncePerServer: 5,
  /** A device that has not answered after this is asleep or away, and keeps no other one waiting. */
  awakeMs: 30_000,
  /** For one round: what has not answered by then is reported as such. Its command stays in the queue. */
  answerWithinMs: 30 * minute,
  /** Between two attempts on a device that cannot be queried now. */
  retryMs: 5_000,
  windowMs: 4 * 60 * minute,
  aheadMs: 7 * 24 * 60 * minute,
  /** Between two rounds that keep readings fresh, at least. */
  minEveryMinutes: 2,
} as const

/** When the readings of chosen devices are to be fresh: before a planned release. */
export type FreshWindow = { from: Date; until: Date }

/** Why readings cannot be kept fresh in this window, with the accepted form; undefined where they can. */
export function windowProblem({ from, until }: FreshWindow, now: Date): string | undefined {
  const length = until.getTime() - from.getTime()
  if (length <= 0) return 'The window ends before it begins. Accepted: an end after the start.'
  if (until <= now) return 'The window is over. Accepted: an end that is still to come.'
  if (length > queryRunLimits.windowMs)
    return 'The window is too long. Accepted: at most 4 hours, as each round wakes each device.'
  if (from.getTime() - now.getTime() > queryRunLimits.aheadMs)
    return 'The window begins too late. Accepted: a start within 7 days.'
  return undefined
}

/**
 * Minutes from one answer to the next query of a device that is kept fresh: half of the shortest age that a rule
 * allows a reading, so that one missed answer does not make it stale.
 * @param maxAges in minutes, by field
 */
export function minutesBetweenQueries(maxAges: Readonly<Record<string, number>>): number {
  const shortest = Math.min(...Object.values(maxAges))
  return Math.max(Math.floor(shortest / 2), queryRunLimits.minEveryMinutes)
}
