import { and, desc, eq, gt, isNull, or } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { personLinks } from '@/lib/db/schema/people'

export type PersonLink = typeof personLinks.$inferSelect
export type NewPersonLink = typeof personLinks.$inferInsert

const isOpen = and(isNull(personLinks.usedAt), isNull(personLinks.withdrawnAt))

/** Stores a link and withdraws an open one of the same kind for the same address. */
export async function putLink(db: Db, link: NewPersonLink): Promise<string> {
  await db
    .update(personLinks)
    .set({ withdrawnAt: link.madeAt, withdrawnByName: link.madeByName })
    .where(and(isOpen, eq(personLinks.kind, link.kind), eq(personLinks.email, link.email)))
  const [row] = await db.insert(personLinks).values(link).returning({ id: personLinks.id })
  if (!row) throw new Error('the link was not stored')
  return row.id
}

/** The link with this token digest, in any state. `lock` locks it until the transaction ends. */
export async function findLinkByDigest(
  db: Db,
  tokenSha256: string,
  { lock = false } = {},
): Promise<PersonLink | undefined> {
  const found = db.select().from(personLinks).where(eq(personLinks.tokenSha256, tokenSha256))
  const [link] = await (lock ? found.for('update') : found)
  return link
}

/** Links that can still be used, the newest first. */
export async function listOpenLinks(db: Db, now: Date) {
  const { id, kind, email, role, madeAt, madeByName, expiresAt } = personLinks
  return db
    .select({ id, kind, email, role, madeAt, madeByName, expiresAt })
    .from(personLinks)
    .where(and(isOpen, gt(expiresAt, now)))
    .orderBy(desc(madeAt), id)
}

export type OpenLink = Awaited<ReturnType<typeof listOpenLinks>>[number]

/** Withdraws a link; false if it was not open. */
export async function withdrawOpenLink(
  db: Db,
  linkId: string,
  by: { at: Date; name: string },
): Promise<boolean> {
  const rows = await db
    .update(personLinks)
    .set({ withdrawnAt: by.at, withdrawnByName: by.name })
    .where(and(isOpen, eq(personLinks.id, linkId)))
    .returning({ id: personLinks.id })
  return rows.length > 0
}

/** Withdraws all open links of one person, those to their mail address too. */
export async function withdrawLinksOf(
  db: Db,
  person: { id: string; email: string },
  by: { at: Date; name: string },
): Promise<void> {
  const theirs = or(eq(personLinks.personId, person.id), eq(personLinks.email, person.email))
  await db
    .update(personLinks)
    .set({ withdrawnAt: by.at, withdrawnByName: by.name })
    .where(and(isOpen, theirs))
}

/** Marks a link as used. The database refuses a second time. */
export async function markLinkUsed(
  db: Db,
  linkId: string,
  by: { personId: string; at: Date },
): Promise<void> {
  await db
    .update(personLinks)
    .set({ usedAt: by.at, personId: by.personId })
    .where(eq(personLinks.id, linkId))
}
