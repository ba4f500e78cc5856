import type { Head } from '@/lib/db/audit/chain'

/** The options of a command that takes a head of the audit trail; for node:util's parseArgs. */
export const headOptions = { head: { type: 'string' }, seq: { type: 'string' } } as const

/**
 * The head that somebody kept outside of the database; undefined where neither option is given.
 * @throws Error with the usage where only one is given, or either is not of its form
 */
export function readKeptHead(
  { head, seq }: { head?: string | undefined; seq?: string | undefined },
  usage: string,
): Head | undefined {
  if (head === undefined && seq === undefined) return undefined
  if (!/^[0-9a-f]{64}$/.test(head ?? '') || !/^\d{1,15}$/.test(seq ?? ''))
    throw new Error(
      `usage: ${usage}, the head as 64 hexadecimal digits and the number of its entry, as a backup, the log and each mail give them`,
    )
  return { seq: Number(seq), hash: head ?? '' }
}
