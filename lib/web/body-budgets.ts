/** Bytes of webhook bodies that may be in memory at once, from their first byte to their answer. */
export const webhookBudgetBytes = 128 * 1024 * 1024

/** One body's part of the budget. */
export type Holding = {
  /** So many bytes more. False where they may not be kept: the body has lost its place. */
  grow(bytes: number): boolean
  /** All of it is here and signed: it waits for the database, and nothing takes its place any more. */
  keep(): void
  /** What it held is free again. Safe to repeat. */
  release(): void
}

export type HeldBodies = {
  /** `onLost` is called once, where a body still on its way has to make room. */
  open(onLost: () => void): Holding
}

type Held = { bytes: number; state: 'arriving' | 'kept' | 'gone'; onLost: () => void }

/**
 * The budget of all webhook bodies together. Where it is spent, the largest body that is still on its way goes
 * first and not the next that comes: a flood of large bodies must not cost a device its reply of 2 KiB.
 */
export function createHeldBodies(most = webhookBudgetBytes): HeldBodies {
  const all = new Set<Held>()
  let total = 0

  const drop = (one: Held) => {
    if (one.state === 'gone') return
    one.state = 'gone'
    total -= one.bytes
    all.delete(one)
  }
  const makeRoom = () => {
    while (total > most) {
      const largest = largestArriving(all)
      if (!largest) return
      drop(largest)
      largest.onLost()
    }
  }
  return {
    open(onLost) {
      const own: Held = { bytes: 0, state: 'arriving', onLost }
      all.add(own)
      return {
        grow(bytes) {
          if (own.state === 'gone') return false
          own.bytes += bytes
          total += bytes
          makeRoom()
          return all.has(own)
        },
        keep() {
          if (own.state === 'arriving') own.state = 'kept'
        },
        release: () => drop(own),
      }
    },
  }
}

function largestArriving(all: Iterable<Held>): Held | undefined {
  let largest: Held | undefined
  for (const one of all)
    if (one.state === 'arriving' && one.bytes > (largest?.bytes ?? 0)) largest = one
  return largest
}
