import { and, desc, eq, getTableColumns, ne, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import {
  catalogueFiles,
  catalogueImports,
  catalogueListings,
  catalogueNames,
  catalogueReleases,
  catalogueSignings,
} from '@/lib/db/schema/catalogue'
import type { About, FeedFacts, FeedKind } from '@/lib/domain/catalogue/feed'

export type CatalogueImport = typeof catalogueImports.$inferSelect

/** One import after the other: two of one feed at a time could each take itself for the newest. */
export async function lockCatalogue(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtext('catalogue'))`)
}

/** Keeps the bytes of a file; those that are there already stay. */
export async function keepFile(db: Db, file: typeof catalogueFiles.$inferInsert): Promise<void> {
  await db.insert(catalogueFiles).values(file).onConflictDoNothing()
}

export async function insertImport(
  db: Db,
  made: Omit<typeof catalogueImports.$inferInsert, 'id'>,
): Promise<number> {
  const [row] = await db
    .insert(catalogueImports)
    .values(made)
    .returning({ id: catalogueImports.id })
  if (!row) throw new Error('the import was not written')
  return row.id
}

const aboutOf = ({ family, version, extra, build, devices }: About) => ({
  ...{ family, version, extra: extra ?? null, build: build ?? null, devices: [...devices] },
})

/** Far below the 65,535 parameters of a statement. */
const rowsPerStatement = 1000

async function inParts<Row>(rows: readonly Row[], insert: (part: Row[]) => Promise<unknown>) {
  for (let from = 0; from < rows.length; from += rowsPerStatement)
    await insert(rows.slice(from, from + rowsPerStatement))
}

/** Enters the facts of a feed, each at its place. */
export async function insertFacts(db: Db, importId: number, facts: FeedFacts): Promise<void> {
  const listings = facts.listings.map(({ set, posted, until, prerequisite, ...one }, place) => ({
    ...{ importId, place, ...aboutOf(one), set, prerequisite: prerequisite ?? null },
    ...{ posted: posted?.text ?? null, postedPrecision: posted?.precision ?? null },
    ...{ until: until?.text ?? null, untilPrecision: until?.precision ?? null },
  }))
  const signings = facts.signings.map((one, place) => ({
    ...{ importId, place, ...aboutOf(one), build: one.build, signed: one.signed },
  }))
  const releases = facts.releases.map(({ released, marks, claimedBuilds, ...one }, place) => ({
    ...{ importId, place, ...aboutOf(one) },
    ...{ released: released?.text ?? null, releasedPrecision: released?.precision ?? null },
    ...{ marks: [...marks], claimedBuilds: [...(claimedBuilds ?? [])] },
  }))
  const names = facts.names.map((one, place) => ({ importId, place, ...one }))
  await inParts(listings, (part) => db.insert(catalogueListings).values(part))
  await inParts(signings, (part) => db.insert(catalogueSignings).values(part))
  await inParts(releases, (part) => db.insert(catalogueReleases).values(part))
  await inParts(names, (part) => db.insert(catalogueNames).values(part))
}

/** The newest copy of a feed that was read whole, by the day it was taken from its source. */
export async function findCurrentImport(
  db: Db,
  kind: FeedKind,
  scope: string,
): Promise<CatalogueImport | undefined> {
  const { readOn, id, state } = catalogueImports
  const [found] = await db
    .select()
    .from(catalogueImports)
    .where(
      and(
        eq(state, 'accepted'),
        eq(catalogueImports.kind, kind),
        eq(catalogueImports.scope, scope),
      ),
    )
    .orderBy(desc(readOn), desc(id))
    .limit(1)
  return found
}

/** The newest good copy of every feed. */
export async function listCurrentImports(db: Db): Promise<CatalogueImport[]> {
  const { kind, scope, readOn, id, state } = catalogueImports
  return db
    .selectDistinctOn([kind, scope])
    .from(catalogueImports)
    .where(eq(state, 'accepted'))
    .orderBy(kind, scope, desc(readOn), desc(id))
}

/** Of every feed the newest good copy with other content than the one in use. */
export async function listImportsBefore(db: Db): Promise<CatalogueImport[]> {
  const { kind, scope, readOn, id, state, fileSha256 } = catalogueImports
  const current = db
    .selectDistinctOn([kind, scope], { kind, scope, readOn, id, fileSha256 })
    .from(catalogueImports)
    .where(eq(state, 'accepted'))
    .orderBy(kind, scope, desc(readOn), desc(id))
    .as('current')
  return db
    .selectDistinctOn([kind, scope], getTableColumns(catalogueImports))
    .from(catalogueImports)
    .innerJoin(current, and(eq(current.kind, kind), eq(current.scope, scope)))
    .where(
      and(
        eq(state, 'accepted'),
        ne(fileSha256, current.fileSha256),
        sql`(${readOn}, ${id}) < (${current.readOn}, ${current.id})`,
      ),
    )
    .orderBy(kind, scope, desc(readOn), desc(id))
}

/** The newest imports, accepted and refused. */
export async function listNewestImports(db: Db, limit: number): Promise<CatalogueImport[]> {
  return db.select().from(catalogueImports).orderBy(desc(catalogueImports.id)).limit(limit)
}
