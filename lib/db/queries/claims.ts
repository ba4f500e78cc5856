import { desc, eq, getTableColumns, sql } from 'drizzle-orm'
import {
  type ClaimContent,
  type ClaimFinding,
  type ClaimResult,
  claimName,
} from '@/lib/domain/claim/claim'
import type { Environment } from '@/lib/domain/device/device'
import type { Mechanism, SlotMechanism } from '@/lib/domain/trial/mechanism'
import type { ClaimRef } from '@/lib/domain/trial/protocol'
import type { Db } from '../client'
import { claimDecisions, claims, claimVersions } from '../schema/claims'
import { protocolVersions } from '../schema/schema'

/** A claim as one of its versions has it. */
export type Claim = Awaited<ReturnType<typeof listClaimVersions>>[number]

/** Every version of every claim, or of one; the newest first within a claim, claims by number. */
export async function listClaimVersions(db: Db, claimId?: string) {
  return db
    .select({ ...getTableColumns(claimVersions), number: claims.number })
    .from(claimVersions)
    .innerJoin(claims, eq(claims.id, claimVersions.claimId))
    .where(claimId === undefined ? undefined : eq(claims.id, claimId))
    .orderBy(claims.number, desc(claimVersions.version))
}

/** What a protocol can name: the newest version of each claim, and an older one where it names that already. */
export function claimChoices(versions: readonly Claim[], named: readonly ClaimRef[]) {
  const newest = [...Map.groupBy(versions, ({ claimId }) => claimId).values()].flatMap(
    ([first]) => first ?? [],
  )
  const isNamed = ({ number, version }: Claim) =>
    named.some((ref) => ref.claim === number && ref.version === version)
  const older = versions.filter((one) => isNamed(one) && !newest.includes(one))
  return [...newest, ...older].map(({ number, version, statement }) => {
    const value = claimName({ claim: number, version })
    return { value, label: `${value}: ${statement}` }
  })
}

/** The first of these that was never written. */
export async function findMissingClaim(
  db: Db,
  named: readonly ClaimRef[],
): Promise<ClaimRef | undefined> {
  if (named.length === 0) return undefined
  const versions = await listClaimVersions(db)
  return named.find(
    (ref) =>
      !versions.some(({ number, version }) => number === ref.claim && version === ref.version),
  )
}

/** What a version of a claim says. */
export const contentOfClaim = (row: Claim): ClaimContent => ({
  ...{ statement: row.statement, source: row.source, sourceName: row.sourceName, url: row.url },
  ...{ family: row.family, from: row.fromVersion, to: row.toVersion ?? undefined },
  ...{ check: row.check, requestType: row.requestType ?? undefined },
  ...{ path: row.path ?? undefined, howTo: row.howTo, mechanism: row.mechanism ?? undefined },
})

/** Writes a version of a claim, with the claim itself if it is its first. The database numbers both. */
export async function insertClaimVersion(
  db: Db,
  claimId: string | undefined,
  content: ClaimContent,
  by: { at: Date; byId: string; byName: string },
): Promise<{ claimId: string; version: number }> {
  const id = claimId ?? (await insertClaim(db, by.at))
  const { from, to, ...rest } = content
  const [row] = await db
    .insert(claimVersions)
    .values({ ...rest, fromVersion: from, toVersion: to, claimId: id, ...by })
    .returning({ version: claimVersions.version })
  if (!row) throw new Error('the version of the claim was not written')
  return { claimId: id, version: row.version }
}

async function insertClaim(db: Db, at: Date): Promise<string> {
  const [row] = await db.insert(claims).values({ createdAt: at }).returning({ id: claims.id })
  if (!row) throw new Error('the claim was not written')
  return row.id
}

/** All versions of a claim, the newest first, locked until the end of the transaction: the role of the app cannot lock its row. */
export async function lockClaim(db: Db, claimId: string): Promise<Claim[]> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${claimId}, 0))`)
  return listClaimVersions(db, claimId)
}

export const insertClaimDecision = async (
  db: Db,
  decision: typeof claimDecisions.$inferInsert,
): Promise<void> => {
  await db.insert(claimDecisions).values(decision)
}

/** What a concluded trial says about one claim that its protocol named. */
export type TrialClaim = ClaimResult & {
  trialId: string
  trialNumber: number
  claimId: string
  claimVersionId: number
  claim: number
  version: number
  comparedBy: Claim['check']
  /** Of a lead's decision. */
  reason: string | null
  byName: string | null
  at: Date | null
}

type Of = { claimId: string } | { trialId: string } | { environment: Environment }

type Row = {
  trial_id: string
  trial_number: number
  start_os: string
  claim_id: string
  claim_version_id: string
  claim: number
  version: number
  compared_by: Claim['check']
  in_range: boolean
  mechanism: Mechanism
  about_mechanism: SlotMechanism | null
  by_its_mechanism: boolean
  retreated: boolean
  finding: ClaimFinding | null
  reason: string | null
  by_name: string | null
  at: string | null
}

/** The results of one claim or of one trial, or all of an environment; the newest trial first. */
export async function listClaimResults(
  db: Db,
  of: Of,
  environment?: Environment,
): Promise<TrialClaim[]> {
  const where =
    'claimId' in of
      ? sql`claim_id = ${of.claimId}`
      : 'trialId' in of
        ? sql`trial_id = ${of.trialId}`
        : sql`simulated = ${of.environment === 'simulated'}`
  const rows = await db.execute<Row>(sql`
    select trial_id, trial_number, start_os, claim_id, claim_version_id::text, claim, version, compared_by,
      in_range, mechanism, about_mechanism, by_its_mechanism, retreated, finding, reason, by_name, at
    from claim_results where ${where}
      ${environment === undefined ? sql`` : sql`and simulated = ${environment === 'simulated'}`}
    order by trial_number desc, claim`)
  return rows.map((row) => ({
    ...{ trialId: row.trial_id, trialNumber: row.trial_number, startOs: row.start_os },
    ...{ claimId: row.claim_id, claimVersionId: Number(row.claim_version_id) },
    ...{ claim: row.claim, version: row.version, comparedBy: row.compared_by },
    ...{ mechanism: row.mechanism, aboutMechanism: row.about_mechanism },
    ...{ inRange: row.in_range, byItsMechanism: row.by_its_mechanism },
    ...{ retreated: row.retreated, finding: row.finding ?? undefined },
    ...{ reason: row.reason, byName: row.by_name, at: row.at === null ? null : new Date(row.at) },
  }))
}

/** Whether the trial has an observation that was not corrected since. */
export async function hasObservation(db: Db, trialId: string): Promise<boolean> {
  const [row] = await db.execute<{ found: boolean }>(sql`
    select exists (select from observations o where o.trial_id = ${trialId}
      and not exists (select from observations c where c.corrects_id = o.id)) as found`)
  return row?.found ?? false
}

/** The protocol versions that name a claim, the newest first. */
export async function listClaimProtocols(db: Db, claim: number) {
  return db
    .select({
      protocolId: protocolVersions.protocolId,
      version: protocolVersions.version,
      title: sql<string>`${protocolVersions.plan} ->> 'title'`,
    })
    .from(protocolVersions)
    .where(
      sql`${protocolVersions.plan} -> 'claims' @> jsonb_build_array(jsonb_build_object('claim', ${claim}::int))`,
    )
    .orderBy(desc(protocolVersions.createdAt))
}
