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

/** An entry, by its position in the order before a move, and its new place. */
type Moved = { at: number; place: number }

/**
 * The places to change so that an entry passes its neighbour; empty if there is none to pass. The entry gets a place
 * between its new neighbours; where no number is left between them, those behind it give way by a millisecond each.
 * @param places of the whole queue, in order
 */
export function placesAfterMove(places: readonly number[], at: number, to: 'up' | 'down'): Moved[] {
  const step = to === 'up' ? -1 : 1
  const passed = places[at + step]
  if (places[at] === undefined || passed === undefined) return []
  const beyond = places[at + 2 * step]
  const place = beyond === undefined ? passed + step * 60_000 : (passed + beyond) / 2
  if (beyond === undefined || (place !== passed && place !== beyond)) return [{ at, place }]
  const order = [...places.keys()]
  order.splice(at, 1)
  order.splice(at + step, 0, at)
  const moved: Moved[] = []
  let last = Number.NEGATIVE_INFINITY
  for (const [position, one] of order.entries()) {
    const before = position < Math.min(at, at + step)
    // The entry that moves stands close behind the one before it, and pushes those after it as far as needed.
    const wanted = one === at ? last + 1 : (places[one] ?? last)
    const next = before || wanted > last ? wanted : last + 1
    if (next !== places[one]) moved.push({ at: one, place: next })
    last = next
  }
  return moved
}
