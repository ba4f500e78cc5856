import { and, count, desc, eq, getTableColumns, gt, isNull, max, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { deviceIdentifiers } from '@/lib/db/schema/alarms'
import { frozenReports } from '@/lib/db/schema/frozen-reports'
import { devices, mdmServers, trials } from '@/lib/db/schema/schema'
import { shareLinks, shareOpenings } from '@/lib/db/schema/share-links'
import { type Role, roles } from '@/lib/domain/account/permissions'

const { content: _content, tokenSha256: _token, ...shown } = getTableColumns(shareLinks)

/** A link without its content and the hash of its token. */
export type ShareLink = Omit<typeof shareLinks.$inferSelect, 'content' | 'tokenSha256'>

export type ListedShare = ShareLink & {
  /** The numbers in F-3 and T-12. */
  frozenNumber: number | null
  trialNumber: number | null
  openings: number
  lastOpenedAt: Date | null
}

/** The newest links first. */
export async function listShareLinks(db: Db, limit: number): Promise<ListedShare[]> {
  const opened = db
    .select({
      linkId: shareOpenings.linkId,
      openings: count().as('openings'),
      lastOpenedAt: max(shareOpenings.openedAt).as('last_opened_at'),
    })
    .from(shareOpenings)
    .groupBy(shareOpenings.linkId)
    .as('opened')
  return db
    .select({
      ...shown,
      frozenNumber: frozenReports.number,
      trialNumber: trials.number,
      openings: sql<number>`coalesce(${opened.openings}, 0)`.mapWith(Number),
      lastOpenedAt: opened.lastOpenedAt,
    })
    .from(shareLinks)
    .leftJoin(opened, eq(opened.linkId, shareLinks.id))
    .leftJoin(frozenReports, eq(frozenReports.id, shareLinks.frozenReportId))
    .leftJoin(trials, eq(trials.id, shareLinks.trialId))
    .orderBy(desc(shareLinks.number))
    .limit(limit)
}

export async function insertShareLink(
  db: Db,
  link: typeof shareLinks.$inferInsert,
): Promise<{ id: string; number: number }> {
  const [row] = await db
    .insert(shareLinks)
    .values(link)
    .returning({ id: shareLinks.id, number: shareLinks.number })
  if (!row) throw new Error('a share link that was written has no row')
  return row
}

export const countOpenShares = (db: Db, now: Date): Promise<number> =>
  db.$count(shareLinks, and(isNull(shareLinks.revokedAt), gt(shareLinks.expiresAt, now)))

/** The link of a token, whatever its state. */
export async function findShareByToken(
  db: Db,
  tokenSha256: string,
): Promise<ShareLink | undefined> {
  const [row] = await db
    .select(shown)
    .from(shareLinks)
    .where(eq(shareLinks.tokenSha256, tokenSha256))
  return row
}

/** A link, which nobody can revoke until the transaction ends. */
export async function lockShare(tx: Db, id: string): Promise<ShareLink | undefined> {
  const [row] = await tx.select(shown).from(shareLinks).where(eq(shareLinks.id, id)).for('share')
  return row
}

export async function findShareContent(db: Db, id: string): Promise<Uint8Array | undefined> {
  const [row] = await db
    .select({ content: shareLinks.content })
    .from(shareLinks)
    .where(eq(shareLinks.id, id))
  return row?.content
}

/** Enters an opening; the database refuses one of a link that is not open. */
export async function insertShareOpening(
  db: Db,
  opening: typeof shareOpenings.$inferInsert,
): Promise<void> {
  await db.insert(shareOpenings).values(opening)
}

/** Revokes a link; false if it was revoked before, or there is none. */
export async function revokeShare(
  db: Db,
  id: string,
  by: { id: string; name: string },
  now: Date,
): Promise<boolean> {
  const rows = await db
    .update(shareLinks)
    .set({ revokedAt: now, revokedById: by.id, revokedByName: by.name })
    .where(and(eq(shareLinks.id, id), isNull(shareLinks.revokedAt)))
    .returning({ id: shareLinks.id })
  return rows.length > 0
}

/** Who has acted on these trials, by the name and role they had then, in the order of their first entry. */
export async function listActorsOfTrials(
  db: Db,
  trialIds: readonly string[],
): Promise<{ name: string; role: Role }[]> {
  const rows = await db.execute<{ name: string; role: Role }>(sql`
    select by_name as name, by_role as role from audit_log
    where trial_id = any(${sql.param([...trialIds])}::uuid[])
      and by_role in (${sql.join(
        roles.map((role) => sql`${role}`),
        sql`, `,
      )})
    group by by_name, by_role order by min(seq)`)
  return [...rows]
}

/** Serial numbers and the like of all devices, in lower case. */
export async function listAllIdentifiers(db: Db): Promise<Set<string>> {
  const [own, reported] = await Promise.all([
    db.select({ serial: devices.serial, enrollmentId: devices.enrollmentId }).from(devices),
    db
      .select({ value: deviceIdentifiers.value, identifier: deviceIdentifiers.identifier })
      .from(deviceIdentifiers),
  ])
  const texts = [
    ...own.flatMap(({ serial, enrollmentId }) => [serial, enrollmentId]),
    ...reported.filter(({ identifier }) => identifier !== 'model').map(({ value }) => value),
  ]
  return new Set(texts.flatMap((text) => (text ? [text.toLowerCase()] : [])))
}

/** Names and addresses of all MDM servers, and of the programs beside them. */
export async function listServerAddresses(
  db: Db,
): Promise<{ name: string; url: string; slug: string }[]> {
  const { name, url, slug, declarationsUrl } = mdmServers
  const rows = await db.select({ name, url, slug, declarationsUrl }).from(mdmServers)
  return rows.flatMap(({ declarationsUrl: beside, ...row }) =>
    beside === null ? [row] : [row, { ...row, url: beside }],
  )
}
