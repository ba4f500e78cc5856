import { createHash } from 'node:crypto'

/** One entry of the trail with every column as PostgreSQL's text; null if it is empty. */
export type EntryText = {
  seq: string
  at: string
  byId: string
  byName: string
  byRole: string
  login: string
  kind: string
  tableName: string | null
  rowId: string | null
  deviceId: string | null
  trialId: string | null
  old: string | null
  new: string | null
  reason: string | null
  previous: string
  hash: string
}

export type Head = { seq: number; hash: string }

/** The head before the first entry. */
const emptyHead: Head = { seq: 0, hash: '0'.repeat(64) }

/** The columns that are hashed, in their order; see docs/record.md. */
const hashed = [
  ...(['seq', 'at', 'byId', 'byName', 'byRole', 'login', 'kind', 'tableName', 'rowId'] as const),
  ...(['deviceId', 'trialId', 'old', 'new', 'reason', 'previous'] as const),
]

// A netstring (https://cr.yp.to/proto/netstrings.txt), and "-," for what is empty.
const field = (text: string | null) =>
  text === null ? '-,' : `${Buffer.byteLength(text)}:${text},`

/** What the hash of an entry must be. */
export function hashOfEntry(entry: EntryText): string {
  const text = hashed.map((name) => field(entry[name])).join('')
  return createHash('sha256').update(text).digest('hex')
}

/** The first entry that is wrong, or the first that is missing from the end. */
export type Break = { seq: number; reason: string }

/** Verifies the chain entry by entry, in the order of `seq`, and stops at the first that is wrong. */
export function createChainWalk() {
  let last = emptyHead
  let broken: Break | undefined

  const problemOf = (entry: EntryText): Break | undefined => {
    const seq = Number(entry.seq)
    const expected = last.seq + 1
    if (seq > expected)
      return {
        seq: expected,
        reason: `it is missing: after entry ${last.seq} comes entry ${seq}`,
      }
    if (seq < expected) return { seq, reason: 'its number is in the chain twice' }
    if (entry.hash !== hashOfEntry(entry))
      return { seq, reason: 'its content does not match its hash' }
    if (entry.previous !== last.hash)
      return {
        seq,
        reason: `it does not follow the present entry ${last.seq}: one of the two was replaced`,
      }
    if (seq === 1 && entry.kind !== 'began') return { seq, reason: 'the trail does not begin here' }
    return undefined
  }

  return {
    /** False once the chain is broken; later entries are not checked. */
    step(entry: EntryText): boolean {
      broken ??= problemOf(entry)
      if (!broken) last = { seq: Number(entry.seq), hash: entry.hash }
      return !broken
    },
    /** @param kept the head as the database stores it beside the chain */
    end(kept: Head): { last: Head; broken: Break | undefined } {
      return { last, broken: broken ?? headProblem(last, kept) }
    },
  }
}

function headProblem(last: Head, kept: Head): Break | undefined {
  if (kept.seq > last.seq)
    return {
      seq: last.seq + 1,
      reason: `it is missing: the trail ends at entry ${last.seq}, and its head says ${kept.seq}`,
    }
  if (kept.seq < last.seq)
    return { seq: kept.seq + 1, reason: `the head of the trail says that it ends at ${kept.seq}` }
  return kept.hash === last.hash
    ? undefined
    : { seq: last.seq, reason: 'the head of the trail has another hash for it' }
}
