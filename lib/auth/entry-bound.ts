/** How many entries of one kind one person, or all strangers together, may leave in the trail at most. */
export type EntryBound = { max: number; perMs: number }

/**
 * Holds a flood out of the audit trail without losing its measure: in one window `max` entries of a key,
 * and at the end of the window one more that tells how many were left out. Counted in this process, so
 * that a flood costs the database nothing.
 * @param tellRest told once per window where something was left out; must not reject
 */
export function createEntryBound<K extends string>(
  { max, perMs }: EntryBound,
  tellRest: (key: K, leftOut: number) => Promise<void>,
) {
  const windows = new Map<K, { entered: number; leftOut: number }>()
  const close = (key: K) => {
    const leftOut = windows.get(key)?.leftOut ?? 0
    windows.delete(key)
    if (leftOut > 0) void tellRest(key, leftOut)
  }
  /** Whether this one is entered by itself. */
  return (key: K): boolean => {
    const open = windows.get(key) ?? { entered: 0, leftOut: 0 }
    if (!windows.has(key)) {
      windows.set(key, open)
      setTimeout(() => close(key), perMs).unref()
    }
    if (open.entered < max) {
      open.entered += 1
      return true
    }
    open.leftOut += 1
    return false
  }
}
