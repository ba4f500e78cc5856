import { inArray } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import {
  catalogueListings,
  catalogueNames,
  catalogueReleases,
  catalogueSignings,
} from '@/lib/db/schema/catalogue'
import type { FeedKind } from '@/lib/domain/catalogue/feed'
import type { DatePrecision, FeedDate } from '@/lib/domain/catalogue/feed-date'
import { shippedReleases } from '@/lib/domain/catalogue/shipped-versions'
import type { Catalogue, Source, Sourced } from '@/lib/domain/catalogue/sourced'
import { type CatalogueImport, listCurrentImports, listImportsBefore } from './imports'

/** The catalogue: the facts of the newest good copy of every feed, with what is shipped. */
export const loadCatalogue = async (db: Db): Promise<Catalogue> =>
  catalogueOf(db, await listCurrentImports(db))

/** The catalogue of the copies before the newest ones; a feed of which there is only one copy is not in it. */
export const loadCatalogueBefore = async (db: Db): Promise<Catalogue> =>
  catalogueOf(db, await listImportsBefore(db))

async function catalogueOf(db: Db, imports: readonly CatalogueImport[]): Promise<Catalogue> {
  const sources = new Map<number, Source>()
  for (const { id, factsOf, kind, readOn } of imports)
    if (kind !== null) sources.set(factsOf ?? id, { kind, readOn })
  const from = <Row extends { importId: number }>(rows: Row[]): Sourced<Row>[] =>
    rows.flatMap((row) => {
      const source = sources.get(row.importId)
      return source ? { ...row, source } : []
    })
  const ids = [...sources.keys()]
  const [listings, signings, releases, names] = await Promise.all([
    db.select().from(catalogueListings).where(inArray(catalogueListings.importId, ids)),
    db.select().from(catalogueSignings).where(inArray(catalogueSignings.importId, ids)),
    db.select().from(catalogueReleases).where(inArray(catalogueReleases.importId, ids)),
    db.select().from(catalogueNames).where(inArray(catalogueNames.importId, ids)),
  ])
  const list = imports.find(({ kind }) => kind === 'pmv')
  return {
    listings: from(listings).map(({ posted, postedPrecision, until, untilPrecision, ...row }) => ({
      ...{ ...aboutOf(row), set: row.set, source: row.source },
      ...dated('posted', posted, postedPrecision),
      ...dated('until', until, untilPrecision),
      ...(row.prerequisite !== null && { prerequisite: row.prerequisite }),
    })),
    signings: from(signings).map((row) => ({
      ...{ ...aboutOf(row), build: row.build, signed: row.signed, source: row.source },
    })),
    releases: [
      ...shippedReleases,
      ...from(releases).map(({ released, releasedPrecision, ...row }) => ({
        ...{ ...aboutOf(row), marks: row.marks, source: row.source },
        ...dated('released', released, releasedPrecision),
        ...(row.claimedBuilds.length > 0 && { claimedBuilds: row.claimedBuilds }),
      })),
    ],
    names: namesOf(from(names)),
    ...(list && { listReadOn: list.readOn }),
  }
}

type AboutRow = {
  family: string
  version: string
  extra: string | null
  build: string | null
  devices: string[]
}

const aboutOf = ({ family, version, extra, build, devices }: AboutRow) => ({
  ...{ family, version, devices },
  ...(extra !== null && { extra }),
  ...(build !== null && { build }),
})

/** A date and its precision, which are null together by a check of the table. */
const dated = <Name extends string>(
  name: Name,
  text: string | null,
  precision: DatePrecision | null,
): { [N in Name]?: FeedDate } =>
  // A computed name of one literal type has exactly that key.
  (text === null || precision === null ? {} : { [name]: { text, precision } }) as {
    [N in Name]?: FeedDate
  }

/** Sources name some devices otherwise; the first of this order that knows one is believed. */
const believed: readonly (FeedKind | 'shipped')[] = [
  ...(['sofa', 'ipswDevices', 'ipswDevice', 'appledbDevices'] as const),
]

function namesOf(rows: Sourced<{ device: string; name: string }>[]): Map<string, string> {
  const order = (row: (typeof rows)[number]) => believed.indexOf(row.source.kind)
  const sorted = rows.toSorted((a, b) => order(b) - order(a))
  return new Map(sorted.map(({ device, name }) => [device, name]))
}
