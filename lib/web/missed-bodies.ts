import type { Missed } from '@/lib/core/ingest/listen'

/**
 * Remembers which webhooks had bodies that could not be kept, until that is written down: the database
 * that could not take the body cannot take the note either.
 */
export function createMissedBodies(record: (missed: Missed) => Promise<void>) {
  const missed = new Map<string, Missed>()

  return {
    /** One body of this webhook, received at `from`, was given up at `to`. */
    note(slug: string, from: Date, to: Date): void {
      const known = missed.get(slug)
      const first = known && known.from < from ? known.from : from
      missed.set(slug, { slug, from: first, to, bodies: (known?.bodies ?? 0) + 1 })
    },
    /** Whether anything waits to be written. */
    isOwed: () => missed.size > 0,
    /** Writes what is owed; what cannot be written stays owed. Rejects with the first error. */
    async write(): Promise<void> {
      for (const [slug, one] of [...missed]) {
        await record(one)
        // A body that was missed meanwhile is a note of its own.
        if (missed.get(slug) === one) missed.delete(slug)
      }
    },
  }
}

export type MissedBodies = ReturnType<typeof createMissedBodies>
