import type postgres from 'postgres'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import type { EntryText } from '@/lib/db/audit/chain'
import { listMismatches } from '@/lib/db/audit/check-evidence'
import { listEntries, walkChain } from '@/lib/db/audit/log'
import type { Connection } from '@/lib/db/client'
import { chanceOf } from '../plists/chance'
import { tamperWithEvidence } from './evidence'
import { tamperings } from './tamperings'

/** Creates two trials through the services, whose trail and evidence are then tampered with. */
export async function makeHistory(db: Connection['db']): Promise<void> {
  await concludedTrial(db, { outcome: 'installedAsExpected', seen: 'a prompt' })
  await concludedTrial(db, { outcome: 'refused', answer: 'Error', simulated: true })
}

/** Runs `run` with triggers disabled, and rolls it back. */
async function rolledBack<T>(sql: postgres.Sql, run: (tx: postgres.Sql) => Promise<T>): Promise<T> {
  const result: { value?: T } = {}
  const rollback = new Error('rollback')
  try {
    await sql.begin(async (begun) => {
      // TransactionSql lacks only the methods that open and close a pool.
      const tx = begun as unknown as postgres.Sql
      await tx`set local session_replication_role = replica`
      result.value = await run(tx)
      throw rollback
    })
  } catch (error) {
    if (error !== rollback) throw error
  }
  return result.value as T // Set before `rollback` was thrown.
}

async function tamperOnce(
  sql: postgres.Sql,
  entries: readonly EntryText[],
  seed: number,
  n: number,
) {
  const chance = chanceOf(seed, n)
  const kept = { seq: entries.length, hash: entries.at(-1)?.hash ?? '' }
  return rolledBack(sql, async (tx) => {
    if (n % 20 === 0) {
      const { table, id, what } = await tamperWithEvidence(tx, chance)
      const mismatches = await listMismatches(tx)
      const found = mismatches.some((one) => one.table === table && one.row === id)
      return { what: `${table} ${id}: ${what}`, found, says: JSON.stringify(mismatches) }
    }
    const { what, names } = await chance.pick(tamperings)({ entries, chance, tx })
    const { broken } = await walkChain(tx, kept)
    const found = broken !== undefined && names.includes(broken.seq)
    return { what, found, says: JSON.stringify(broken) }
  })
}

/**
 * Tampers `n` times with the trail and the evidence of a lab; each change is rolled back.
 * @returns the changes that verification did not find, or reported at another row
 */
export async function tamper(sql: postgres.Sql, n: number, seed: number): Promise<string[]> {
  const entries: EntryText[] = []
  for await (const entry of listEntries(sql)) entries.push(entry)
  const missed: string[] = []
  for (let index = 0; index < n; index += 1) {
    const { what, found, says } = await tamperOnce(sql, entries, seed, index)
    if (!found) missed.push(`#${index} ${what}; verification reports ${says ?? 'no problem'}`)
  }
  return missed
}
