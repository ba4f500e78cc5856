import { and, asc, countDistinct, desc, eq, getTableColumns, max, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { contradictions, devices, replyChecks, trials } from '@/lib/db/schema/schema'
import { statement } from '@/lib/db/statements'
import type { ContradictionKind, VersionCount } from '@/lib/domain/contradiction/finding'
import type { Environment } from '@/lib/domain/device/device'
import type { Citation } from '@/lib/domain/rules/rule'
import { reasonNow, stillStands } from './contradiction-standings'

export type ReplyCheck = typeof replyChecks.$inferSelect
export type NewReplyCheck = typeof replyChecks.$inferInsert
export type ContradictionRow = typeof contradictions.$inferSelect
/** What a finding adds to its check; the database copies device and trial from the reply. */
export type NewContradiction = Pick<
  typeof contradictions.$inferInsert,
  | 'path'
  | 'kind'
  | 'observed'
  | 'expected'
  | 'reason'
  | 'fingerprint'
  | 'outOf'
  | 'cites'
  | 'reported'
>

const insertingCheck = statement((db, replyCheck: NewReplyCheck) =>
  db
    .insert(replyChecks)
    .values(replyCheck)
    .onConflictDoNothing({ target: replyChecks.rawEventId })
    .returning(),
)

/**
 * Records that a reply was compared with Apple's documentation, and the contradictions found. An event that was checked
 * before is left as it is; a contradiction already known for this device, trial and version is only counted.
 */
export async function insertReplyCheck(
  db: Db,
  replyCheck: NewReplyCheck,
  found: readonly NewContradiction[],
): Promise<void> {
  const [inserted] = await insertingCheck(db, {
    ...replyCheck,
    found: found.map(({ fingerprint }) => fingerprint),
  })
  const { osVersion, documentation } = replyCheck
  if (!inserted || found.length === 0 || !osVersion || !documentation) return
  const { rawEventId, deviceId, requestType, platform, createdAt } = inserted
  const reply = { rawEventId, deviceId, requestType, platform, osVersion, documentation, createdAt }
  await db.insert(contradictions).values(found.map((finding) => ({ ...finding, ...reply })))
}

/**
 * Adds contradictions that only the whole trial shows, each to the reply it is about. One that is stored already, or whose
 * reply was not compared, is left out.
 */
export async function insertContradictionsOfTrial(
  db: Db,
  found: readonly (NewContradiction & { event: number })[],
  at: Date,
): Promise<void> {
  for (const { event, ...finding } of found) {
    const check = await findReplyCheck(db, event)
    if (!check?.osVersion || !check.documentation || !check.judged.includes(finding.outOf)) continue
    const { deviceId, requestType, platform, osVersion, documentation } = check
    const ofReply = { deviceId, requestType, platform, osVersion, documentation, createdAt: at }
    await db
      .insert(contradictions)
      .values({ ...finding, ...ofReply, rawEventId: event })
      .onConflictDoNothing()
  }
}

export async function findReplyCheck(db: Db, rawEventId: number): Promise<ReplyCheck | undefined> {
  const [found] = await db.select().from(replyChecks).where(eq(replyChecks.rawEventId, rawEventId))
  return found
}

export async function listContradictionsOfEvent(
  db: Db,
  rawEventId: number,
): Promise<ContradictionRow[]> {
  return db
    .select({ ...getTableColumns(contradictions), reason: reasonNow })
    .from(contradictions)
    .innerJoin(replyChecks, eq(replyChecks.rawEventId, rawEventId))
    .where(
      and(
        stillStands,
        or(
          eq(contradictions.rawEventId, rawEventId),
          and(
            eq(contradictions.deviceId, replyChecks.deviceId),
            eq(contradictions.osVersion, replyChecks.osVersion),
            sql`${contradictions.trialId} is not distinct from ${replyChecks.trialId}`,
            sql`${contradictions.fingerprint} = any (${replyChecks.found})`,
          ),
        ),
      ),
    )
    .orderBy(asc(contradictions.id))
}

/** The contradictions in the replies of one trial, in the order in which they were read. */
export async function listContradictionsOfTrial(
  db: Db,
  trialId: string,
): Promise<ContradictionRow[]> {
  return db
    .select({ ...getTableColumns(contradictions), reason: reasonNow })
    .from(contradictions)
    .where(and(eq(contradictions.trialId, trialId), stillStands))
    .orderBy(asc(contradictions.rawEventId), asc(contradictions.id))
}

/** The number of replies of a trial with each contradiction, by its fingerprint. */
export async function countContradictionsOfTrial(
  db: Db,
  trialId: string,
): Promise<Map<string, number>> {
  const rows = await db.execute<{ fingerprint: string; replies: number }>(sql`
    select f.fingerprint, count(*)::int as replies
    from ${replyChecks} k cross join unnest(k.found) as f(fingerprint)
    where k.trial_id = ${trialId} group by f.fingerprint`)
  return new Map(rows.map(({ fingerprint, replies }) => [fingerprint, replies]))
}

/** How many replies of a trial were compared, and why the others were not. */
export async function countChecksOfTrial(
  db: Db,
  trialId: string,
): Promise<{ compared: number; notCompared: { reason: string; replies: number }[] }> {
  const rows = await db
    .select({ reason: replyChecks.notCompared, replies: sql<number>`count(*)::int` })
    .from(replyChecks)
    .where(eq(replyChecks.trialId, trialId))
    .groupBy(replyChecks.notCompared)
  return {
    compared: rows.find(({ reason }) => reason === null)?.replies ?? 0,
    notCompared: rows.flatMap(({ reason, replies }) =>
      reason === null ? [] : { reason, replies },
    ),
  }
}

/** One contradiction over all devices of one environment. */
export type ContradictionGroup = {
  /** Of its newest reply. */
  newestId: number
  /** What a radar is written from: the newest that a trial shows, which has its steps and its starting state; else the newest. */
  reportedId: number
  fingerprint: string
  requestType: ContradictionRow['requestType']
  path: string
  kind: ContradictionKind
  observed: string
  expected: string
  reason: string
  cites: Citation[]
  reported: Citation[]
  documentation: string
  counts: VersionCount[]
  /** The newest replies that show it. */
  examples: ContradictionExample[]
}
export type ContradictionExample = {
  rawEventId: number
  trialId: string | null
  trialNumber: number | null
  device: string
}

/** The maximum number of groups that the page shows. */
export const maxGroups = 200
const examplesEach = 5

/**
 * Every contradiction of one environment with its counts per version. Devices are counted and not replies, as replies
 * of one device are not independent. The denominator is the devices of that version whose replies had a value at the
 * same key path, so that an empty list counts for none of its items.
 */
export async function listContradictionGroups(
  db: Db,
  environment: Environment,
): Promise<ContradictionGroup[]> {
  const simulated = environment === 'simulated'
  const newest = await listNewest(db, simulated)
  const prints = newest.map(({ fingerprint }) => fingerprint)
  const [counts, examples] = await Promise.all([
    countPerVersion(db, simulated, newest),
    listExamples(db, simulated, prints),
  ])
  return newest.map((row) => ({
    ...row,
    counts: counts.get(row.fingerprint) ?? [],
    examples: examples.get(row.fingerprint) ?? [],
  }))
}

/** One row per fingerprint, with the values of its newest reply; the one on most devices first. */
async function listNewest(db: Db, simulated: boolean) {
  const shownBy = countDistinct(contradictions.deviceId)
  const newestOfTrial = sql<number>`coalesce(max(contradictions.id) filter (where contradictions.trial_id is not null),
    max(contradictions.id))::float8`
  const ranked = db
    .select({
      newest: max(contradictions.id).as('newest'),
      reported: newestOfTrial.as('newest_of_trial'),
      shownBy: shownBy.as('shown_by'),
    })
    .from(contradictions)
    .where(and(eq(contradictions.simulated, simulated), stillStands))
    .groupBy(contradictions.fingerprint)
    .orderBy(desc(shownBy), asc(contradictions.fingerprint))
    .limit(maxGroups)
    .as('ranked')
  return db
    .select({
      newestId: contradictions.id,
      reportedId: ranked.reported,
      fingerprint: contradictions.fingerprint,
      requestType: contradictions.requestType,
      path: contradictions.path,
      kind: contradictions.kind,
      observed: contradictions.observed,
      expected: contradictions.expected,
      reason: reasonNow,
      cites: contradictions.cites,
      reported: contradictions.reported,
      documentation: contradictions.documentation,
    })
    .from(ranked)
    .innerJoin(contradictions, eq(contradictions.id, ranked.newest))
    .orderBy(desc(ranked.shownBy), asc(contradictions.fingerprint))
}

const family = sql`case when platform = 'tvOS' then 'tvOS' else 'iOS' end`

/** Reduces to distinct rows per device before joining, as many replies of a device are equal. */
async function countPerVersion(
  db: Db,
  simulated: boolean,
  prints: readonly Pick<ContradictionGroup, 'fingerprint' | 'requestType'>[],
): Promise<Map<string, VersionCount[]>> {
  const fingerprints = sql.param(prints.map(({ fingerprint }) => fingerprint))
  const requestTypes = sql.param(prints.map(({ requestType }) => requestType))
  const rows = await db.execute<{ fingerprint: string } & VersionCount>(sql`
    with asked as (
      select * from unnest(${fingerprints}::text[], ${requestTypes}::text[]) as a(fingerprint, request_type)
    ), once as (
      select distinct fingerprint, device_id, ${family} as family, os_version, out_of
      from contradictions where simulated = ${simulated} and ${stillStands}
    ), prints as (
      select distinct a.fingerprint, a.request_type, o.out_of from asked a join once o using (fingerprint)
    ), replies as (
      select distinct request_type, ${family} as family, os_version, device_id, judged
      from reply_checks where simulated = ${simulated} and os_version is not null
    ), looked as (
      select request_type, j.out_of, family, os_version, count(distinct device_id)::int as checked
      from replies cross join unnest(judged) as j(out_of)
      group by 1, 2, 3, 4
    ), shown as (
      select fingerprint, family, os_version, count(distinct device_id)::int as seen
      from once group by 1, 2, 3
    )
    select f.fingerprint, l.family, l.os_version as "osVersion", coalesce(s.seen, 0) as seen, l.checked
    from prints f
    join looked l on l.request_type = f.request_type and l.out_of = f.out_of
    left join shown s on s.fingerprint = f.fingerprint and s.family = l.family and s.os_version = l.os_version`)
  return Map.groupBy(rows, ({ fingerprint }) => fingerprint)
}

async function listExamples(
  db: Db,
  simulated: boolean,
  fingerprints: readonly string[],
): Promise<Map<string, ContradictionExample[]>> {
  const rows = await db.execute<ContradictionExample & { fingerprint: string }>(sql`
    select f.fingerprint, e.raw_event_id::float8 as "rawEventId", e.trial_id as "trialId",
      t.number as "trialNumber", coalesce(d.lab_tag, d.name) as device
    from unnest(${sql.param([...fingerprints])}::text[]) as f(fingerprint)
    cross join lateral (
      select raw_event_id, trial_id, device_id from contradictions c
      where c.simulated = ${simulated} and c.fingerprint = f.fingerprint and stands(c.id)
      order by c.id desc limit ${examplesEach}
    ) e
    join ${devices} d on d.id = e.device_id
    left join ${trials} t on t.id = e.trial_id`)
  return Map.groupBy(rows, ({ fingerprint }) => fingerprint)
}
