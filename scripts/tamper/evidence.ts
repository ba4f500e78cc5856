import type postgres from 'postgres'
import type { Chance } from '../plists/chance'

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
export async function tamperWithEvidence(tx: postgres.Sql, chance: Chance) {
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
