/** The bytes of webhook bodies that may be in memory at the same time, from the first byte to the answer. */
export const webhookBudgetBytes = 128 * 1024 * 1024

/** The share of one body in the budget. */
export type Holding = {
  /** Adds bytes to the share; false if the body has lost its share and its bytes must be dropped. */
  grow(bytes: number): boolean
  /** The body is complete and signed and waits for the database: it cannot lose its share any more. */
  keep(): void
  /** Frees the share; may be called again. */
  release(): void
}

export type HeldBodies = {
  /** `onLost` is called once if the body loses its share while it is arriving. */
  open(onLost: () => void): Holding
}

type Held = { bytes: number; state: 'arriving' | 'kept' | 'gone'; onLost: () => void }

/**
 * The memory budget of all webhook bodies together. When it is used up, the largest body that is still arriving
 * is dropped, not the next one to arrive: a flood of large bodies must not cost a device its reply of 2 KiB.
 */
export function createHeldBodies(maxBytes = webhookBudgetBytes): HeldBodies {
  const all = new Set<Held>()
  let total = 0

  const drop = (one: Held) => {
    if (one.state === 'gone') return
    one.state = 'gone'
    total -= one.bytes
    all.delete(one)
  }
  const makeRoom = () => {
    while (total > maxBytes) {
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

export type ByteBudget = {
  /** False if the budget has too few bytes left; what was reserved is given back with `release`. */
  reserve(bytes: number): boolean
  release(bytes: number): void
}

/** A memory budget from which a body's bytes are reserved all at once, before it arrives. */
export function createByteBudget(maxBytes: number): ByteBudget {
  let taken = 0
  return {
    reserve(bytes) {
      if (taken + bytes > maxBytes) return false
      taken += bytes
      return true
    },
    release(bytes) {
      taken -= bytes
    },
  }
}
