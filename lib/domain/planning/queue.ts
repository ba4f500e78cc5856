/** What somebody waits for a device for. Checking a claimed fix comes first: the version that can show it is soon gone. */
export const queuePriorities = ['verification', 'usual'] as const
export type QueuePriority = (typeof queuePriorities)[number]

export const queuePriorityWords: Record<QueuePriority, string> = {
  verification: 'Checks a claimed fix',
  usual: 'Any other trial',
}

/** How an entry ended: `served` by a booking or a draft of that person on the device, or it was left. */
export const queueEnds = ['served', 'left'] as const

/** More than the milliseconds of any date, so that no time of joining outweighs a priority. */
const perPriority = 1e14

/** The place of a new entry: by priority, then by the time of joining. Lower comes first. */
export const placeOf = (priority: QueuePriority, joinedAt: Date): number =>
  queuePriorities.indexOf(priority) * perPriority + joinedAt.getTime()

/**
 * The place with which an entry passes its neighbour; undefined if there is none to pass.
 * @param places of the whole queue, in order
 */
export function placeAfterMove(
  places: readonly number[],
  at: number,
  to: 'up' | 'down',
): number | undefined {
  const step = to === 'up' ? -1 : 1
  const passed = places[at + step]
  if (places[at] === undefined || passed === undefined) return undefined
  const beyond = places[at + 2 * step]
  return beyond === undefined ? passed + step * 60_000 : (passed + beyond) / 2
}
