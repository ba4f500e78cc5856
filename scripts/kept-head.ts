import type { Head } from '@/lib/db/audit/chain'

/** Options for a head of the audit trail, for parseArgs of node:util. */
export const headOptions = { head: { type: 'string' }, seq: { type: 'string' } } as const

/**
 * Reads the head that was kept outside the database; undefined if neither option is given.
 * @throws Error with the usage if only one is given, or one is malformed
 */
export function readKeptHead(
  { head, seq }: { head?: string | undefined; seq?: string | undefined },
  usage: string,
): Head | undefined {
  if (head === undefined && seq === undefined) return undefined
  if (!/^[0-9a-f]{64}$/.test(head ?? '') || !/^\d{1,15}$/.test(seq ?? ''))
    throw new Error(
      `usage: ${usage}, with the head as 64 hexadecimal digits and the number of its entry, as printed by a backup, the log and every mail`,
    )
  return { seq: Number(seq), hash: head ?? '' }
}
