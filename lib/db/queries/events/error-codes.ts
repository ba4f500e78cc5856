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

/** Stores reported errors, each once per command, even if the command is answered twice or its reply reprocessed. */
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

/** A sighting of this error on any device of the lab, in either environment; undefined if there is none. */
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

/** The notes on these errors, in the order in which they were written. */
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
  /** The texts of the replies, each once. */
  texts: z.array(z.string()),
  requestTypes: z.array(z.string()),
  devices: z.number(),
  /** The known OS versions of the devices that answered it. */
  versions: z.array(z.string()),
  /** Trials with such an answer; of those concluded, the number per outcome and how many ended on another build. */
  trials: z.number(),
  concluded: z.number(),
  moved: z.number(),
  outcomes: z.array(z.object({ outcome: z.enum(outcomes), trials: z.number() })),
  /** The newest of these trials. */
  trialId: z.string().nullable(),
  trialNumber: z.number().nullable(),
})

/** One error code and what this lab knows about it, in one environment. */
export type ReportedError = z.infer<typeof reportedError>

/** The maximum number that the page shows; those on most devices come first. */
const maxReportedErrors = 200

/** The errors that the lab's devices have answered, on which versions, and how the trials ended. */
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

/** The errors that were first reported in one trial. Their meaning may be known all the same. */
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
