import type { IncomingMessage } from 'node:http'

/** The bytes of webhook bodies that may be in memory at the same time, from the first byte to the answer. */
export const webhookBudgetBytes = 128 * 1024 * 1024

/** The share of one body in the budget. */
type Holding = {
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

/** Larger than any reply that a device sends, and than the largest plist that is read at all. */
export const bodyLimitBytes = 8 * 1024 * 1024

/** A body in memory; `holding` is to be released with its answer. */
export type HeldBody = { bytes: Uint8Array; holding: Holding | undefined }

/**
 * Reads the raw bytes of a request, as they were signed. The rest of a body that is refused never gets into memory,
 * whatever its Content-Length says.
 * @returns `tooLarge` if there are more than `limit` bytes, `crowded` if the budget of all bodies is used up
 * @throws Error if the sender disconnects half-way
 */
export function readLimitedBody(
  request: IncomingMessage,
  bodies?: HeldBodies,
  limit = bodyLimitBytes,
): Promise<HeldBody | 'tooLarge' | 'crowded'> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve('tooLarge')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const holding = bodies?.open(() => end(() => resolve('crowded')))
    const giveUp = (settle: () => void) => {
      holding?.release()
      end(settle)
    }
    const take = (chunk: unknown) => {
      if (!Buffer.isBuffer(chunk))
        return giveUp(() => reject(new TypeError('the body was decoded before it was signed')))
      size += chunk.byteLength
      if (size > limit) return giveUp(() => resolve('tooLarge'))
      if (holding?.grow(chunk.byteLength) ?? true) chunks.push(chunk)
    }
    const whole = () => {
      const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
      end(() => resolve({ bytes, holding }))
    }
    const failed = (error?: Error) =>
      giveUp(() => reject(error ?? new Error('the sender went away in the middle')))
    /** Stops reading, but leaves the socket open, so that an answer can still be written to it. */
    function end(settle: () => void): void {
      request.off('data', take).off('end', whole).off('error', failed).off('close', failed)
      // A later error has no listener and would end the process.
      request.on('error', () => undefined)
      if (!request.complete) request.pause()
      chunks.length = 0
      settle()
    }
    request.on('data', take).once('end', whole).once('error', failed).once('close', failed)
    if (request.destroyed) failed()
  })
}
