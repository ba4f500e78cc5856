import type postgres from 'postgres'
import { type EntryText, hashOfEntry } from '@/lib/db/audit/chain'
import type { Chance } from '../plists/chance'

/** What a tampering did, and the entries of which verification must name one. */
type Tampered = { what: string; names: number[] }
type History = { entries: readonly EntryText[]; chance: Chance; tx: postgres.Sql }
type Tampering = (history: History) => Promise<Tampered>

const columns = [
  ...['at', 'by_id', 'by_name', 'by_role', 'login', 'kind', 'table_name', 'row_id', 'device_id'],
  ...['trial_id', 'old', 'new', 'reason', 'previous', 'hash'],
] as const

const valueFor = (column: (typeof columns)[number]) => {
  if (column === 'at') return `at + interval '1 microsecond'`
  if (column === 'device_id' || column === 'trial_id')
    return `case when ${column} is null then gen_random_uuid() end`
  if (column === 'old' || column === 'new')
    return `case when ${column} is null then '{}' else ${column} || '{"forged": true}' end`
  const flipped = `overlay(${column} placing chr(ascii(substr(${column}, at_char, 1)) # 1) from at_char for 1)`
  return `case when ${column} is null or ${column} = '' then 'x' else ${flipped} end`
}

const seqOf = ({ entries, chance }: History) => 1 + chance.below(entries.length)

const flip: Tampering = async (history) => {
  const [seq, column] = [seqOf(history), history.chance.pick(columns)]
  const char = `1 + ${history.chance.below(1000)} % greatest(length(${column}::text), 1)`
  await history.tx.unsafe(
    `update audit_log set ${column} = ${valueFor(column).replaceAll('at_char', `(${char})`)} where seq = ${seq}`,
  )
  return { what: `${column} of ${seq} altered`, names: [seq] }
}

const renumber: Tampering = async (history) => {
  const seq = seqOf(history)
  const to = history.entries.length + 1 + history.chance.below(5)
  await history.tx`update audit_log set seq = ${to} where seq = ${seq}`
  return { what: `${seq} renumbered ${to}`, names: [seq, to] }
}

const remove: Tampering = async (history) => {
  const seq = seqOf(history)
  await history.tx`delete from audit_log where seq = ${seq}`
  return { what: `${seq} deleted`, names: [seq] }
}

const swap: Tampering = async (history) => {
  const one = seqOf(history)
  const other = 1 + (one % history.entries.length)
  await history.tx`update audit_log set seq = -1 where seq = ${one}`
  await history.tx`update audit_log set seq = ${one} where seq = ${other}`
  await history.tx`update audit_log set seq = ${other} where seq = -1`
  return { what: `${one} and ${other} swapped`, names: [one, other] }
}

const write = async (tx: postgres.Sql, entry: EntryText) => {
  await tx`update audit_log set reason = ${entry.reason}, previous = ${entry.previous}, hash = ${entry.hash} where seq = ${entry.seq}`
}

const forge = (entry: EntryText, previous: string): EntryText => {
  const forged = { ...entry, previous }
  return { ...forged, hash: hashOfEntry(forged) }
}

const append: Tampering = async ({ entries, tx }) => {
  const last = entries.at(-1)
  if (!last) throw new Error('there is no history')
  const next = forge({ ...last, seq: String(entries.length + 1) }, last.hash)
  const changed = JSON.stringify({ seq: next.seq, previous: next.previous, hash: next.hash })
  await tx`insert into audit_log select (forged).* from (
    select jsonb_populate_record(a, ${changed}::text::jsonb) as forged from audit_log a where seq = ${last.seq}) one`
  return { what: 'one forged and appended', names: [entries.length + 1] }
}

const cutEnd: Tampering = async (history) => {
  const seq = seqOf(history)
  await history.tx`delete from audit_log where seq >= ${seq}`
  return { what: `the end cut off from ${seq}`, names: [seq] }
}

const cutStart: Tampering = async (history) => {
  const seq = seqOf(history)
  await history.tx`delete from audit_log where seq <= ${seq}`
  return { what: `the start cut off up to ${seq}`, names: [1] }
}

const rehash: Tampering = async (history) => {
  const seq = seqOf(history)
  const entry = history.entries[seq - 1]
  if (!entry) throw new Error('no such entry')
  await write(history.tx, forge({ ...entry, reason: 'forged' }, entry.previous))
  return { what: `${seq} altered and rehashed`, names: [seq, seq + 1] }
}

/** Rehashes the following entries too, but not the stored head. */
const rehashRest: Tampering = async (history) => {
  const seq = seqOf(history)
  let previous = history.entries[seq - 1]?.previous ?? ''
  for (const entry of history.entries.slice(seq - 1)) {
    const forged = forge(
      Number(entry.seq) === seq ? { ...entry, reason: 'forged' } : entry,
      previous,
    )
    await write(history.tx, forged)
    previous = forged.hash
  }
  return { what: `all entries from ${seq} on rehashed`, names: [history.entries.length] }
}

/** Rehashes the stored head too: only a head that was kept elsewhere reveals it. */
const rewriteAll: Tampering = async (history) => {
  const done = await rehashRest(history)
  await history.tx`update audit_head set hash = (select hash from audit_log order by seq desc limit 1)`
  return { ...done, what: `${done.what}, and the head` }
}

/** Weighted by repetition; the two that rehash many entries are slow, so each is listed once. */
export const tamperings: readonly Tampering[] = [
  ...[flip, flip, flip, flip, flip, flip, flip, flip, renumber, renumber, remove, remove],
  ...[swap, swap, append, append, cutEnd, cutEnd, cutStart, cutStart, rehash, rehash],
  ...[rehashRest, rewriteAll],
]
