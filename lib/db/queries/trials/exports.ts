import type { Readable } from 'node:stream'
import { eq, type SQL, sql } from 'drizzle-orm'
import type { Sql } from 'postgres'
import { inlineParams, startCopy } from '@/lib/db/copy'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { type ExportKind, exportColumns } from '@/lib/domain/export/columns'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { trialsMatching } from './trial-filter'
import { linesStatement, makeAllLines, makeLines, trailHead } from './trial-lines'

export type ExportQuery = { kind: ExportKind; environment: Environment; filter: TrialFilter }

const sources: Record<ExportKind, { view: string; order: SQL }> = {
  trials: { view: 'trial_export', order: sql`${trials.number} desc` },
  observations: {
    view: 'observation_export',
    order: sql`${trials.number} desc, e.observation_id`,
  },
  steps: { view: 'step_export', order: sql`${trials.number} desc, e.step, e.entry_id` },
  deviations: { view: 'deviation_export', order: sql`${trials.number} desc, e.entry_id` },
  replies: { view: 'reply_export', order: sql`${trials.number} desc, e.event_id` },
}

/** Columns from the audit trail, read in the same snapshot as the row. */
const ofTheTrail: Record<string, SQL> = {
  event_head_hash: sql`(select a.hash from audit_log a where a.trial_id = ${trials.id} order by a.seq desc limit 1)`,
  trail_head: trailHead,
}

/** The columns of an export and where they come from. It has the same trials as the list under the same filter. */
function exportParts({ kind, environment, filter }: ExportQuery) {
  const { view, order } = sources[kind]
  const columns = exportColumns[kind].map(({ name }) => {
    const column = sql.identifier(name)
    const found = ofTheTrail[name]
    return found ? sql`${found} as ${column}` : sql`e.${column}`
  })
  const chosen = sql`from ${trials}
    join ${devices} on ${eq(devices.id, trials.deviceId)}
    join ${protocolVersions} on ${eq(protocolVersions.id, trials.protocolVersionId)}`
  const joined = sql`join ${sql.identifier(view)} e on e.trial = ${trials.id}`
  return { columns, chosen, joined, matching: trialsMatching(environment, filter), order }
}

/** The COPY statement of an export as CSV. */
export function exportStatement(query: ExportQuery): string {
  const { columns, chosen, joined, matching, order } = exportParts(query)
  const rows = sql`select ${sql.join(columns, sql`, `)} ${chosen} ${joined} where ${matching} order by ${order}`
  return `COPY (${inlineParams(rows)}) TO STDOUT WITH (FORMAT csv, HEADER, ENCODING 'UTF8')`
}

/**
 * The COPY statement of an export in COPY's text format. Each row begins with the number of all rows, counted in the same
 * snapshot: some forms say it before the first row.
 */
function studyStatement(query: ExportQuery): string {
  const { columns, chosen, joined, matching, order } = exportParts(query)
  // A trial has one row in its view, so counting trials spares reading the view twice.
  const counted = query.kind === 'trials' ? chosen : sql`${chosen} ${joined}`
  const count = sql`(select count(*) ${counted} where ${matching}) as records`
  const rows = sql`select ${sql.join([count, ...columns], sql`, `)} ${chosen} ${joined} where ${matching} order by ${order}`
  return `COPY (${inlineParams(rows)}) TO STDOUT WITH (FORMAT text, ENCODING 'UTF8')`
}

/** A whole export as it is in the snapshot of another transaction, which must still be open. */
export async function copyExportAt(
  connection: Sql,
  snapshot: string,
  query: ExportQuery,
): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  await connection.begin('isolation level repeatable read read only', async (then) => {
    await then.unsafe(`set transaction snapshot '${snapshot.replaceAll("'", '')}'`)
    const rows = await startCopy(then, exportStatement(query))
    for await (const row of rows) chunks.push(row)
  })
  return Buffer.concat(chunks)
}

/**
 * The rows of a COPY as CSV, with the header; or the finished lines without it, in COPY's text format.
 * `afterwards` makes the next such export quicker.
 */
export type CopiedRows = {
  form: 'csv' | 'lines'
  rows: Readable
  afterwards?: () => Promise<void>
}

/**
 * Starts an export. Read by `data` events, each chunk is one row with its line feed (one CopyData message per row:
 * https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-COPY). Must be read to its end, as destroying the
 * stream leaves its connection stuck.
 */
export async function copyExport(connection: Sql, query: ExportQuery): Promise<CopiedRows> {
  if (query.kind === 'trials' && (await makeLines(connection)))
    return { form: 'lines', rows: await startCopy(connection, linesStatement(query)) }
  const rows = await startCopy(connection, exportStatement(query))
  const afterwards = () => makeAllLines(connection)
  return { form: 'csv', rows, ...(query.kind === 'trials' && { afterwards }) }
}

/** Starts an export in COPY's text format, as `copyExport` does. */
export async function copyStudy(connection: Sql, query: ExportQuery): Promise<Readable> {
  return startCopy(connection, studyStatement(query))
}
