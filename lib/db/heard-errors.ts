import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { World } from '../domain/device'
import type { Db } from './client'

const heardError = z.object({
  domain: z.string(),
  code: z.number(),
  requestType: z.string(),
  devices: z.number(),
  /** The OS versions that answered it, as far as they were known then. */
  versions: z.array(z.string()),
  /** Concluded trials of one world whose command was answered so, and in how many the build had changed. */
  concluded: z.number(),
  moved: z.number(),
  /** The newest trial that met it. */
  trialId: z.string().nullable(),
  trialNumber: z.number().nullable(),
})

/** One topmost error that devices answered to one request type. */
export type HeardError = z.infer<typeof heardError>

/** More a page does not show; the most common come first. */
export const mostHeardErrors = 200

/** The lab's own dictionary: which error codes its devices answered, on which versions, and what became of it. */
export async function listHeardErrors(db: Db, world: World): Promise<HeardError[]> {
  const rows = await db.execute(sql`
    select c.answer_error_domain as domain, c.answer_error_code as code, c.request_type as "requestType",
      count(distinct c.device_id)::int as devices,
      coalesce(array_agg(distinct k.os_version) filter (where k.os_version is not null), '{}') as versions,
      count(distinct t.id) filter (where t.state = 'concluded')::int as concluded,
      count(distinct t.id) filter (where t.state = 'concluded' and t.end_build <> t.start_build)::int as moved,
      (array_agg(t.id order by t.number desc) filter (where t.id is not null))[1]::text as "trialId",
      max(t.number)::int as "trialNumber"
    from commands c
      left join trials t on t.id = c.trial_id and c.purpose = 'intervention'
      left join raw_events e on e.enrollment_id = c.enrollment_id
        and e.command_uuid = c.command_uuid::text and e.status = c.answer_status
      left join reply_checks k on k.raw_event_id = e.id
    where c.answer_error_domain is not null and c.answer_error_code is not null
      and c.simulated = ${world === 'simulated'}
    group by 1, 2, 3
    order by devices desc, 1, 2, 3
    limit ${mostHeardErrors}`)
  return z.array(heardError).parse([...rows])
}
