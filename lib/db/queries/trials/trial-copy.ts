import { type SQL, sql } from 'drizzle-orm'
import type { EntryText } from '@/lib/db/audit/chain'
import { entryColumns } from '@/lib/db/audit/log'
import type { Db } from '@/lib/db/client'
import { inList } from '@/lib/db/schema/rule-sql'
import { closedTrialStates } from '@/lib/domain/trial/trial'

/** A row by its column names, as in the audit trail; times are text in UTC. */
export type CopiedRow = Record<string, unknown>

type Source = {
  table: string
  /** The column by which the trail identifies a row. */
  key: string
  where: SQL
  /** Columns of bytes, which are copied in base64 as `<column>_base64`. */
  bytes?: readonly string[]
  /** The only columns that may be copied. */
  only?: readonly string[]
}

const endedUnconcluded = closedTrialStates.filter((state) => state !== 'concluded')

/** The sources of the rows of one trial. In each condition `r` is the row of the source's table. */
function sourcesOf(trialId: string) {
  const trial = (column: string) =>
    sql`(select ${sql.raw(column)} from trials where id = ${trialId})`
  const ofTrial = sql`r.trial_id = ${trialId}`
  const commands = sql`(select command_uuid from commands where trial_id = ${trialId})`
  const replies = sql`(select id from raw_events where trial_id = ${trialId})`
  const ended = sql`coalesce(${trial('concluded_at')}, (select max(at) from trial_events e
    join trials t on t.id = e.trial_id
    where t.id = ${trialId} and t.state in ${inList(endedUnconcluded)}), 'infinity')`
  const ofDevice = sql`r.device_id = ${trial('device_id')}`
  const server = sql`(select mdm_server_id from devices where id = ${trial('device_id')})`
  const ofList = sql`r.id = (select list_id from arm_assignments where trial_id = ${trialId})`
  const grows = (table: string, where = ofTrial): Source => ({ table, key: 'id', where })
  return {
    trial: grows('trials', sql`r.id = ${trialId}`),
    device: grows('devices', sql`r.id = ${trial('device_id')}`),
    server: {
      ...grows('mdm_servers', sql`r.id = ${server}`),
      only: ['id', 'name', 'kind', 'storage', 'simulated', 'created_at'],
    },
    protocol: grows(
      'protocols',
      sql`r.id = (select protocol_id from protocol_versions where id = ${trial('protocol_version_id')})`,
    ),
    protocolVersion: grows('protocol_versions', sql`r.id = ${trial('protocol_version_id')}`),
    protocolVersionEvents: grows(
      'protocol_version_events',
      sql`r.version_id = ${trial('protocol_version_id')}`,
    ),
    bookings: grows('bookings'),
    armAssignment: grows('arm_assignments'),
    armList: {
      ...grows('arm_lists', ofList),
      only: ['id', 'protocol_version_id', 'simulated', 'method', 'seed_sha256', 'drawn_at'],
    },
    // While trials can still be drafted, the seed would tell the next arm.
    armSeed: {
      ...grows(
        'arm_lists',
        sql`${ofList} and exists (select from protocol_version_events e
          where e.version_id = r.protocol_version_id and e.kind = 'retired')`,
      ),
      only: ['id', 'seed'],
    },
    // All readings from the draft to the end, and the last one of each field before that.
    readings: grows(
      'readings',
      sql`${ofDevice} and (r.answered_at between ${trial('drafted_at')} and ${ended}
        or r.command_uuid in ${commands}
        or r.id in (select distinct on (field) id from readings
          where device_id = ${trial('device_id')} and answered_at < ${trial('drafted_at')}
          order by field, answered_at desc, id desc))`,
    ),
    custodies: grows('custodies', sql`${ofDevice} and r.since <= ${ended}`),
    handOvers: grows('hand_overs', sql`${ofDevice} and r.offered_at <= ${ended}`),
    customFields: grows(
      'custom_fields',
      sql`r.id in (select field_id from device_field_values where device_id = ${trial('device_id')})`,
    ),
    deviceFieldValues: grows('device_field_values', sql`${ofDevice} and r.at <= ${ended}`),
    verdicts: grows('verdicts'),
    commands: { table: 'commands', key: 'command_uuid', where: ofTrial, bytes: ['plist'] },
    commandEvents: grows('command_events', sql`r.command_uuid in ${commands}`),
    declarationSteps: grows('declaration_steps', sql`r.command_uuid in ${commands}`),
    declarationRemovals: {
      table: 'declaration_removals',
      key: 'command_uuid',
      where: sql`r.command_uuid in ${commands}`,
    },
    replies: { ...grows('raw_events'), bytes: ['body', 'payload'] },
    redeliveries: { table: 'redeliveries', key: 'command_uuid', where: ofTrial },
    // Without their bodies, which repeat the reply and may be thousands.
    repeatedEvents: {
      ...grows('repeated_events', sql`r.raw_event_id in ${replies}`),
      only: ['id', 'raw_event_id', 'receipt', 'received_at', 'sha256'],
    },
    rereads: grows('raw_event_rereads', sql`r.raw_event_id in ${replies}`),
    declarationEvents: grows('declaration_events'),
    replyChecks: { table: 'reply_checks', key: 'raw_event_id', where: ofTrial },
    contradictions: grows('contradictions'),
    contradictionStandings: grows('contradiction_standings'),
    errors: grows('error_sightings', sql`r.command_uuid in ${commands}`),
    events: grows('trial_events'),
    observations: grows('observations'),
    // Their files are not copied: a row has the size and the SHA-256 of its file.
    attachments: grows('attachments'),
    attachmentWithdrawals: grows('attachment_withdrawals'),
    outcomeDecisions: grows('outcome_decisions'),
    secondReadings: grows('second_readings'),
    outcomeOpenings: grows('outcome_openings'),
    waivers: grows('waivers'),
    proofs: grows('proofs', sql`r.subject_id = ${trialId}`),
    signatures: grows('signatures'),
    reviewEvents: grows('review_events'),
    otherLabs: grows('lab_report_trials'),
    gaps: grows(
      'observation_gaps',
      sql`r.mdm_server_id = ${server} and r.began_at <= ${ended}
        and coalesce(r.ended_at, 'infinity') >= ${trial('drafted_at')}`,
    ),
    outsideUpdates: grows(
      'outside_updates',
      sql`${ofDevice} and r.seen_at between ${trial('drafted_at')} and ${ended}`,
    ),
  } satisfies Record<string, Source>
}

export type CopySection = keyof ReturnType<typeof sourcesOf>
export type CopiedRows = Record<CopySection, CopiedRow[]>

/** Runs reads in one snapshot, with times in UTC. */
export function inOneSnapshot<T>(db: Db, run: (then: Db) => Promise<T>): Promise<T> {
  return db.transaction(
    async (then) => {
      await then.execute(sql`set local timezone = 'UTC'`)
      return run(then)
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

/** The size of the bodies and trail entries in a copy, in bytes before base64; undefined if there is no such trial. */
export async function sizeOfCopy(then: Db, trialId: string): Promise<number | undefined> {
  const [row] = await then.execute<{ bytes: number }>(sql`
    select ((select coalesce(sum(octet_length(body) + coalesce(octet_length(payload), 0)), 0)
        from raw_events where trial_id = t.id)
      + (select coalesce(sum(coalesce(octet_length(old::text), 0) + coalesce(octet_length(new::text), 0)), 0)
        from audit_log where trial_id = t.id))::float8 as bytes
    from trials t where id = ${trialId}`)
  return row?.bytes
}

/** Every row of a trial. Must run within `inOneSnapshot`. */
export async function readCopiedRows(then: Db, trialId: string): Promise<CopiedRows> {
  const found: [string, CopiedRow[]][] = []
  // One after the other, as a transaction has one connection.
  for (const [name, source] of Object.entries<Source>(sourcesOf(trialId)))
    found.push([name, await readRows(then, source)])
  // fromEntries loses the names of the sources.
  return Object.fromEntries(found) as CopiedRows
}

async function readRows(then: Db, { table, key, where, bytes = [], only }: Source) {
  const rows = await then.execute<{ row: CopiedRow }>(sql`
    select to_json(r) as row from ${sql.identifier(table)} r where ${where}
    order by r.${sql.identifier(key)}`)
  return rows.map(({ row }) => withBase64(only ? pick(row, only) : row, bytes))
}

const pick = (row: CopiedRow, only: readonly string[]): CopiedRow =>
  Object.fromEntries(only.map((column) => [column, row[column]]))

const withBase64 = (row: CopiedRow, bytes: readonly string[]): CopiedRow =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) =>
      bytes.includes(column) ? [`${column}_base64`, base64Of(value)] : [column, value],
    ),
  )

// PostgreSQL writes bytea into JSON in hex: \x and two digits per byte.
const base64Of = (value: unknown) =>
  typeof value === 'string' ? Buffer.from(value.slice(2), 'hex').toString('base64') : null

/**
 * The trail entries about a trial: those that name it, those of every copied row, and those of the statements that
 * stored its replies and readings, which may contain rows of other trials too. Each has every column that its hash
 * covers.
 */
export async function listEntriesOfCopy(then: Db, trialId: string): Promise<EntryText[]> {
  const sources = Object.values<Source>(sourcesOf(trialId)).filter(({ only }) => !only)
  const ofRows = sources.map(
    ({ table, key, where }) => sql`
      select a.seq from audit_log a where a.table_name = ${table} and a.row_id in (
        select r.${sql.identifier(key)}::text from ${sql.identifier(table)} r where ${where})`,
  )
  const { replies, readings } = sourcesOf(trialId)
  const rows = await then.execute<EntryText>(sql`
    with about as (
      select seq from audit_log where trial_id = ${trialId}
      union ${sql.join(ofRows, sql` union `)}
      union ${batchesOf(replies, sql`a.seq >= (select min(seq) from audit_log where trial_id = ${trialId})`)}
      union ${batchesOf(
        readings,
        sql`(a.device_id is null or a.device_id = (select device_id from trials where id = ${trialId}))`,
      )}
    )
    select ${sql.raw(entryColumns)}
    from audit_log where seq in (select seq from about) order by audit_log.seq`)
  return [...rows]
}

/** @param among a condition that narrows the search, so that not every entry of a long trail is read */
const batchesOf = ({ table, where }: Source, among: SQL) => sql`
  select a.seq from audit_log a
  where a.table_name = ${table} and a.row_id is null and a.kind = 'insert' and ${among} and exists (
    select from jsonb_array_elements(a.new -> 'rows') one join ${sql.identifier(table)} r
      on r.id = (one ->> 'id')::bigint
    where ${where})`
