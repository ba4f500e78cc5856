import { and, desc, eq, isNull, type SQLWrapper, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { inList } from '@/lib/db/schema/rule-sql'
import { protocols, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Actor } from '@/lib/domain/account/permissions'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { admittingKinds, type VersionState } from '@/lib/domain/trial/protocol-life'

export type ProtocolVersion = typeof protocolVersions.$inferSelect

type Author = Pick<Actor, 'id' | 'name'>

/** Stores a new version of a protocol. A unique index refuses the same version twice. */
export async function insertProtocolVersion(
  db: Db,
  input: { protocolId: string; version: number; plan: ProtocolPlan; by: Author; now: Date },
): Promise<ProtocolVersion> {
  const { protocolId, version, plan, by, now } = input
  const [inserted] = await db
    .insert(protocolVersions)
    .values({
      ...{ protocolId, version, plan },
      createdBy: by.name,
      createdById: by.id,
      createdAt: now,
    })
    .returning()
  if (!inserted) throw new Error('the protocol version was not written')
  return inserted
}

export async function insertProtocol(db: Db, by: string, now: Date): Promise<string> {
  const [inserted] = await db
    .insert(protocols)
    .values({ createdBy: by, createdAt: now })
    .returning({ id: protocols.id })
  if (!inserted) throw new Error('the protocol was not written')
  return inserted.id
}

/** The protocol's row, locked, so that two edits at once get two version numbers. */
export async function lockProtocol(db: Db, protocolId: string) {
  const [protocol] = await db
    .select()
    .from(protocols)
    .where(eq(protocols.id, protocolId))
    .for('update')
  return protocol
}

export async function findProtocolVersion(
  db: Db,
  versionId: string,
): Promise<ProtocolVersion | undefined> {
  const [version] = await db
    .select()
    .from(protocolVersions)
    .where(eq(protocolVersions.id, versionId))
  return version
}

/** Every version of one protocol, the newest first. */
export async function listProtocolVersions(db: Db, protocolId: string): Promise<ProtocolVersion[]> {
  return db
    .select()
    .from(protocolVersions)
    .where(eq(protocolVersions.protocolId, protocolId))
    .orderBy(desc(protocolVersions.version))
}

/** The newest version of each protocol in use, with the number of trials of all its versions in each environment. */
export async function listProtocols(db: Db) {
  const newest = db
    .selectDistinctOn([protocolVersions.protocolId])
    .from(protocolVersions)
    .orderBy(protocolVersions.protocolId, desc(protocolVersions.version))
    .as('newest')
  return db
    .select({
      protocolId: newest.protocolId,
      versionId: newest.id,
      version: newest.version,
      plan: newest.plan,
      createdAt: newest.createdAt,
      createdBy: newest.createdBy,
      state: stateOf(newest.id),
      realTrials: countTrials(newest.protocolId, false),
      simulatedTrials: countTrials(newest.protocolId, true),
    })
    .from(newest)
    .innerJoin(protocols, and(eq(protocols.id, newest.protocolId), isNull(protocols.archivedAt)))
    .orderBy(desc(newest.createdAt))
}

const hasEvent = (versionId: SQLWrapper, kinds: readonly string[]) =>
  sql`exists (select from protocol_version_events e where e.version_id = ${versionId} and e.kind in ${inList(kinds)})`

/** `stateOfVersion` of lib/domain/trial/protocol-life. */
const stateOf = (versionId: SQLWrapper) => sql<VersionState>`case
  when ${hasEvent(versionId, ['retired'])} then 'retired'
  when not ${hasEvent(versionId, admittingKinds)} then 'draft'
  when ${hasEvent(versionId, ['usedBefore'])} or exists (select from ${trials} t
    where t.protocol_version_id = ${versionId} and t.registered_at is not null) then 'inUse'
  else 'reviewed' end`

/**
 * The versions that a trial can be drafted with: of each protocol the newest that may be registered, and a newer one that
 * waits for its review. What may be registered comes first.
 */
export async function listVersionChoices(db: Db) {
  const versions = db
    .select({
      protocolId: protocolVersions.protocolId,
      versionId: protocolVersions.id,
      version: protocolVersions.version,
      plan: protocolVersions.plan,
      createdAt: protocolVersions.createdAt,
      createdBy: protocolVersions.createdBy,
      draft: sql<boolean>`not ${hasEvent(protocolVersions.id, admittingKinds)}`.as('draft'),
    })
    .from(protocolVersions)
    .innerJoin(
      protocols,
      and(eq(protocols.id, protocolVersions.protocolId), isNull(protocols.archivedAt)),
    )
    .where(sql`not ${hasEvent(protocolVersions.id, ['retired'])}`)
    .as('versions')
  const rows = await db
    .selectDistinctOn([versions.protocolId, versions.draft])
    .from(versions)
    .orderBy(versions.protocolId, versions.draft, desc(versions.version))
  const usable = new Map<string, number>(
    rows.flatMap(({ draft, protocolId, version }) =>
      draft ? [] : [[protocolId, version] as const],
    ),
  )
  return rows
    .filter(({ draft, protocolId, version }) => !draft || version > (usable.get(protocolId) ?? 0))
    .toSorted(
      (a, b) => Number(a.draft) - Number(b.draft) || b.createdAt.getTime() - a.createdAt.getTime(),
    )
}

const countTrials = (protocolId: SQLWrapper, simulated: boolean) =>
  sql<number>`(select count(*)::int from ${trials} join ${protocolVersions} v on v.id = ${trials.protocolVersionId}
    where v.protocol_id = ${protocolId} and ${eq(trials.simulated, simulated)})`

/** Trials that a version shows by number; the others are in the list of trials. */
const maxShownOfVersion = 20

/** The newest trials of each version of a protocol, with the number of trials of that version and environment. */
export async function listTrialsByVersion(db: Db, protocolId: string) {
  const alike = sql`partition by ${trials.protocolVersionId}, ${trials.simulated}`
  const ranked = db
    .select({
      id: trials.id,
      number: trials.number,
      state: trials.state,
      simulated: trials.simulated,
      versionId: trials.protocolVersionId,
      place: sql<number>`(row_number() over (${alike} order by ${trials.number} desc))::int`.as(
        'place',
      ),
      alike: sql<number>`(count(*) over (${alike}))::int`.as('alike'),
    })
    .from(trials)
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(eq(protocolVersions.protocolId, protocolId))
    .as('ranked')
  return db
    .select()
    .from(ranked)
    .where(sql`${ranked.place} <= ${maxShownOfVersion}`)
    .orderBy(desc(ranked.number))
}

export type TrialOfVersion = Awaited<ReturnType<typeof listTrialsByVersion>>[number]
