import { eq, sql } from 'drizzle-orm'
import type { Sql } from 'postgres'
import { inlineParams } from '@/lib/db/copy'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { trialLineMarks, trialLines } from '@/lib/db/schema/trial-lines'
import type { Environment } from '@/lib/domain/device/device'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { isOfTrialsAlone, trialsMatching } from './trial-filter'

// The kept lines of the trials' CSV: docs/decisions/107-lines-of-trials-kept.md.

/** The head of the whole trail, evaluated once for all rows. */
export const trailHead = sql`(select h.seq || ' ' || h.hash from audit_head h)`

/**
 * The COPY statement of the trials' CSV from the kept lines: one column in COPY's text format, without a header. A trial
 * without a valid line has it computed in the same snapshot.
 */
export function linesStatement(query: { environment: Environment; filter: TrialFilter }): string {
  const { environment, filter } = query
  const joins = isOfTrialsAlone(filter)
    ? sql``
    : sql`join ${devices} on ${eq(devices.id, trials.deviceId)}
        join ${protocolVersions} on ${eq(protocolVersions.id, trials.protocolVersionId)}`
  // Numbers alone are sorted, so that the first line can leave before the last one is read.
  const chosen = sql`select ${trials.number} as number from ${trials} ${joins}
    where ${trialsMatching(environment, filter)} order by ${trials.number} desc offset 0`
  const kept = sql`case when not exists (select from ${trialLineMarks} m where m.trial_number = t.number)
    then (select l.line from ${trialLines} l where l.trial_number = t.number) end`
  const rows = sql`select coalesce(${kept}, trial_line(t.number)) || ',' || ${trailHead} from (${chosen}) t`
  return `COPY (${inlineParams(rows)}) TO STDOUT WITH (FORMAT text, ENCODING 'UTF8')`
}

const linesAtOnce = 1_000
/** So few are computed one by one while the file is read. */
const fewMarks = 1_000
/** With as many, the view is read at once, and a reader of few rows does not wait for the lines of others. */
const manyMarks = 10_000
/** A reader waits for the first byte as long. */
const makeWithinMs = 1_000

/** Makes up to a thousand lines in a transaction of its own. `left` counts to `manyMarks`. */
async function makeSome(connection: Sql): Promise<{ taken: number; left: number }> {
  const [made] = await connection<{ taken: number; left: number }[]>`
    select taken, marks_left as left from keep_trial_lines(${linesAtOnce})`
  return made ?? { taken: 0, left: 0 }
}

/**
 * Makes lines that are missing or no longer valid, for about a second.
 * @returns whether so few are left that the export may read the lines
 */
export async function makeLines(connection: Sql): Promise<boolean> {
  const until = performance.now() + makeWithinMs
  for (;;) {
    const { taken, left } = await makeSome(connection)
    if (left < fewMarks) return true
    if (taken === 0 || left >= manyMarks || performance.now() > until) return false
  }
}

/** Makes all lines that are left, for the next export; no reader waits for it. */
export async function makeAllLines(connection: Sql): Promise<void> {
  for (;;) {
    const { taken, left } = await makeSome(connection)
    if (taken === 0 || left === 0) return
  }
}
