import { and, asc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import { errorNotes, errorSightings } from '@/lib/db/schema/errors'
import type { Environment } from '@/lib/domain/device/device'
import { outcomes } from '@/lib/domain/outcome/outcome'

export type NewErrorSighting = Pick<
  typeof errorSightings.$inferInsert,
  | 'domain'
  | 'code'
  | 'text'
  | 'place'
  | 'commandUuid'
  | 'deviceId'
  | 'requestType'
  | 'rawEventId'
  | 'at'
>
export type ErrorNote = typeof errorNotes.$inferSelect

/** Each error once a command: a command that is answered twice, or read again, was still one trial of it. */
export async function insertErrorSightings(
  db: Db,
  received: readonly NewErrorSighting[],
): Promise<void> {
  if (received.length === 0) return
  await db
    .insert(errorSightings)
    .values([...received])
    .onConflictDoNothing()
}

/** Whether any device of this lab, of either environment, ever answered it. */
export async function findErrorSighting(db: Db, domain: string, code: number) {
  const [found] = await db
    .select({ id: errorSightings.id })
    .from(errorSightings)
    .where(and(eq(errorSightings.domain, domain), eq(errorSightings.code, code)))
    .limit(1)
  return found
}

export async function insertErrorNote(db: Db, note: typeof errorNotes.$inferInsert): Promise<void> {
  await db.insert(errorNotes).values(note)
}

/** Every note on some errors, in the order they were written. */
export async function listErrorNotes(
  db: Db,
  errors: readonly { domain: string; code: number }[],
): Promise<ErrorNote[]> {
  if (errors.length === 0) return []
  const pairs = errors.map(({ domain, code }) => sql`(${domain}, ${code}::bigint)`)
  return db
    .select()
    .from(errorNotes)
    .where(sql`(${errorNotes.domain}, ${errorNotes.code}) in (${sql.join(pairs, sql`, `)})`)
    .orderBy(asc(errorNotes.id))
}

const reportedError = z.object({
  domain: z.string(),
  code: z.number(),
  /** What the replies said in words, each text once. */
  texts: z.array(z.string()),
  requestTypes: z.array(z.string()),
  devices: z.number(),
  /** The OS versions that answered it, as far as they are known. */
  versions: z.array(z.string()),
  /** Trials whose command was answered so; of those concluded, how each ended and how many had another build. */
  trials: z.number(),
  concluded: z.number(),
  moved: z.number(),
  outcomes: z.array(z.object({ outcome: z.enum(outcomes), trials: z.number() })),
  /** The newest of them. */
  trialId: z.string().nullable(),
  trialNumber: z.number().nullable(),
})

/** One error code and what this lab knows of it, in one environment. */
export type ReportedError = z.infer<typeof reportedError>

/** More a page does not show; those of most devices come first. */
const maxReportedErrors = 200

/** The lab's own dictionary: which errors its devices answered, on which versions, and what became of it. */
export async function listReportedErrors(
  db: Db,
  environment: Environment,
): Promise<ReportedError[]> {
  const rows = await db.execute(sql`
    with reported as (
      select s.domain, s.code, s.text, s.request_type, s.device_id, s.trial_id,
        coalesce(k.os_version, t.start_os) as os_version,
        t.state, t.number, t.outcome, t.end_build is distinct from t.start_build and t.end_build is not null as moved
      from error_sightings s
        left join trials t on t.id = s.trial_id
        left join reply_checks k on k.raw_event_id = s.raw_event_id
      where s.simulated = ${environment === 'simulated'}
    ), ended as (
      select domain, code, outcome, count(distinct trial_id)::int as trials from reported
      where state = 'concluded' and outcome is not null group by 1, 2, 3
    )
    select h.domain, h.code::float8 as code,
      coalesce(array_agg(distinct h.text) filter (where h.text is not null), '{}') as texts,
      array_agg(distinct h.request_type) as "requestTypes",
      count(distinct h.device_id)::int as devices,
      coalesce(array_agg(distinct h.os_version) filter (where h.os_version is not null), '{}') as versions,
      count(distinct h.trial_id)::int as trials,
      count(distinct h.trial_id) filter (where h.state = 'concluded')::int as concluded,
      count(distinct h.trial_id) filter (where h.state = 'concluded' and h.moved)::int as moved,
      (select coalesce(json_agg(json_build_object('outcome', e.outcome, 'trials', e.trials) order by e.trials desc, e.outcome), '[]')
        from ended e where e.domain = h.domain and e.code = h.code) as outcomes,
      (array_agg(h.trial_id order by h.number desc) filter (where h.trial_id is not null))[1]::text as "trialId",
      max(h.number)::int as "trialNumber"
    from reported h
    group by h.domain, h.code
    order by devices desc, h.domain, h.code
    limit ${maxReportedErrors}`)
  return z.array(reportedError).parse([...rows])
}

const newError = z.object({
  domain: z.string(),
  code: z.number(),
  text: z.string().nullable(),
  rawEventId: z.number().nullable(),
})

/** An error that no device of this environment had answered before a command of this trial. */
export type NewError = z.infer<typeof newError>

/** The errors this lab heard first on one trial; what they mean may stand in a table all the same. */
export async function listNewErrors(db: Db, trialId: string): Promise<NewError[]> {
  const rows = await db.execute(sql`
    select s.domain, s.code::float8 as code, s.text, s.raw_event_id::float8 as "rawEventId"
    from error_sightings s
    where s.trial_id = ${trialId} and not exists (
      select from error_sightings o
      where o.simulated = s.simulated and o.domain = s.domain and o.code = s.code and o.id < s.id)
    order by s.id`)
  return z.array(newError).parse([...rows])
}
