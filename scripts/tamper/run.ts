import type postgres from 'postgres'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import type { EntryText } from '@/lib/db/audit/chain'
import { listMismatches } from '@/lib/db/audit/check-evidence'
import { listEntries, walkChain } from '@/lib/db/audit/log'
import type { Connection } from '@/lib/db/client'
import { type Chance, chanceOf } from '../plists/chance'
import { tamperings } from './tamperings'

/** Evidence tables, their keys, and a change to one column. */
const alterations = [
  ['readings', 'id', `value = '"forged"'`],
  ['readings', 'id', `answered_at = answered_at - interval '1 day'`],
  ['trial_events', 'id', `text = text || '.'`],
  ['trial_events', 'id', `by_name = 'Somebody else'`],
  ['observations', 'id', `text = 'nothing was seen'`],
  ['observations', 'id', `observed_at = observed_at + interval '1 minute'`],
  ['verdicts', 'id', `overall = case overall when 'no' then 'qualified' else 'no' end`],
  ['outcome_decisions', 'id', `decided = decided || '.'`],
  ['trials', 'id', `registration = registration || ' '`],
  ['trials', 'id', `end_os = '9.9'`],
  ['commands', 'command_uuid', `plist = plist || '\\x00'`],
  ['command_events', 'id', `at = at + interval '1 second'`],
  ['raw_events', 'id', `body = body || '\\x20'`],
  ['devices', 'id', `serial = 'FORGED'`],
] as const

/** Alters or deletes one row of evidence; triggers must be disabled. Returns what was done. */
async function tamperWithEvidence(tx: postgres.Sql, chance: Chance) {
  const [table, key, set] = chance.pick(alterations)
  const rows = await tx.unsafe<{ id: string }[]>(
    `select ${key}::text as id from ${table} order by 1`,
  )
  const id = chance.pick(rows).id
  const removes = chance.below(4) === 0
  await tx.unsafe(
    removes
      ? `delete from ${table} where ${key}::text = '${id}'`
      : `update ${table} set ${set} where ${key}::text = '${id}'`,
  )
  return { table, id, what: removes ? 'deleted' : set }
}

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
