/** What the audit trail watches of a table, and what the app's database role may do. */
export type TrailTable = {
  /** `rows`: an entry for each row. `batches`: one for all rows of a statement. Otherwise why there is none. */
  trail: 'rows' | 'batches' | { none: string }
  /** Columns whose values the trail masks; it records that they are set or have changed. */
  secret?: readonly string[]
  /** Columns that change often and mean nothing: a change of these alone makes no entry. */
  ignored?: readonly string[]
  /** False if the app only reads. */
  mayAdd?: false
  /** What the app may change; nothing by default. */
  mayChange?: 'anything' | { only: readonly string[] } | { allBut: readonly string[] }
  /** True if the app may delete; never for the record. */
  mayDelete?: true
}

export const grows: TrailTable = { trail: 'rows' }
/**
 * Kept for speed or for limits; it can be rebuilt and is no evidence. The app writes it, because its content
 * is computed or counted outside the database. No release, claim or signature relies on it.
 */
export const cache = (none: string): TrailTable => ({
  trail: { none },
  mayChange: 'anything',
  mayDelete: true,
})
/**
 * A fold over the record that only the database writes; the app reads it. `npm run audit:verify` folds it
 * again (lib/db/audit/check-folds.ts), and no release or claim relies on it.
 */
export const fold = (none: string): TrailTable => ({ trail: { none }, mayAdd: false })
export const ofTheTrail: TrailTable = { trail: { none: 'it is the trail itself' }, mayAdd: false }
