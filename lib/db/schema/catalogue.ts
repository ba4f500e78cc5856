import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import {
  type FeedKind,
  type FeedProblem,
  feedKinds,
  listingSets,
  type ReleaseMark,
  releaseMarks,
} from '@/lib/domain/catalogue/feed'
import { datePrecisions } from '@/lib/domain/catalogue/feed-date'
import { fetchedSources, fetchResults } from '@/lib/domain/catalogue/feed-source'
import { oneOf, textArray } from './rule-sql'
import { bytea, jsonb, serialId, time } from './schema'

/** The bytes of every file that was read, once for each content. */
export const catalogueFiles = pgTable(
  'catalogue_files',
  {
    sha256: text('sha256').primaryKey(),
    bytes: bytea('bytes').notNull(),
    firstAt: time('first_at').notNull(),
  },
  (t) => [check('a_file_has_its_hash', sql`${t.sha256} = encode(sha256(${t.bytes}), 'hex')`)],
)

const importStates = ['accepted', 'refused'] as const
const importWays = ['upload', 'fetch'] as const

/** A file that was read as a feed, or refused. It never changes, and the facts of an earlier one stay. */
export const catalogueImports = pgTable(
  'catalogue_imports',
  {
    id: serialId(),
    state: text('state', { enum: importStates }).notNull(),
    /** Undefined where the file is of no known shape. */
    kind: text('kind').$type<FeedKind>(),
    /** Which of several files of its kind: the model of an ipsw.me answer, the system of a SOFA feed. */
    scope: text('scope').notNull().default(''),
    fileSha256: text('file_sha256')
      .notNull()
      .references(() => catalogueFiles.sha256),
    fileName: text('file_name').notNull(),
    way: text('way', { enum: importWays }).notNull(),
    /** The day on which it was taken from its source, YYYY-MM-DD in UTC. */
    readOn: text('read_on').notNull(),
    importedAt: time('imported_at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    schemaVersion: text('schema_version'),
    problems: jsonb('problems').$type<readonly FeedProblem[]>().notNull(),
    remarks: jsonb('remarks').$type<readonly string[]>().notNull(),
    /** How many facts it holds. */
    facts: integer('facts').notNull(),
    /** Of a file that is equal to an earlier one: the import that has its facts. */
    factsOf: bigint('facts_of', { mode: 'number' }).references(
      (): AnyPgColumn => catalogueImports.id,
    ),
  },
  (t) => [
    index('catalogue_imports_newest').on(t.kind, t.scope, t.readOn, t.id),
    check('an_import_is_accepted_or_refused', oneOf(t.state, importStates)),
    check('a_feed_is_of_a_known_kind', oneOf(t.kind, feedKinds)),
    check('an_import_came_in_a_known_way', oneOf(t.way, importWays)),
    check('a_reading_has_its_day', sql`${t.readOn} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'`),
    check(
      'what_is_accepted_has_a_kind_and_no_problem',
      sql`(${t.state} = 'accepted') = (${t.kind} is not null and ${t.problems} = '[]'::jsonb)`,
    ),
  ],
)

/** The columns by which a fact says what it is about; an empty list of devices says that they are not known. */
const about = () => ({
  importId: bigint('import_id', { mode: 'number' })
    .notNull()
    .references(() => catalogueImports.id),
  /** Its place among the facts of the import. */
  place: integer('place').notNull(),
  family: text('family').notNull(),
  version: text('version').notNull(),
  extra: text('extra'),
  build: text('build'),
  devices: text('devices').array().notNull(),
})

/** What Apple lists for everybody, for management, or as a background improvement, and until when. */
export const catalogueListings = pgTable(
  'catalogue_listings',
  {
    ...about(),
    set: text('set', { enum: listingSets }).notNull(),
    /** No release day. Dates are kept as their source writes them, each with its precision. */
    posted: text('posted'),
    postedPrecision: text('posted_precision', { enum: datePrecisions }),
    until: text('until'),
    untilPrecision: text('until_precision', { enum: datePrecisions }),
    prerequisite: text('prerequisite'),
  },
  (t) => [
    primaryKey({ columns: [t.importId, t.place] }),
    check('a_listing_is_of_a_known_set', oneOf(t.set, listingSets)),
    check(
      'a_posting_has_its_precision',
      sql`(${t.posted} is null) = (${t.postedPrecision} is null)`,
    ),
    check('an_end_has_its_precision', sql`(${t.until} is null) = (${t.untilPrecision} is null)`),
    check('a_posting_is_of_a_known_precision', oneOf(t.postedPrecision, datePrecisions)),
    check('an_end_is_of_a_known_precision', oneOf(t.untilPrecision, datePrecisions)),
  ],
)

/** Whether a restore image was signed when the source last looked. No row says that it is not known. */
export const catalogueSignings = pgTable(
  'catalogue_signings',
  { ...about(), build: text('build').notNull(), signed: boolean('signed').notNull() },
  (t) => [primaryKey({ columns: [t.importId, t.place] })],
)

/** Releases, and the day of each where the source gives one. */
export const catalogueReleases = pgTable(
  'catalogue_releases',
  {
    ...about(),
    released: text('released'),
    releasedPrecision: text('released_precision', { enum: datePrecisions }),
    marks: text('marks').array().$type<ReleaseMark[]>().notNull(),
    /** Builds that the source joins by version number alone; they count only where a listing bears them out. */
    claimedBuilds: text('claimed_builds').array().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.importId, t.place] }),
    check(
      'a_release_has_its_precision',
      sql`(${t.released} is null) = (${t.releasedPrecision} is null)`,
    ),
    check('a_release_is_of_a_known_precision', oneOf(t.releasedPrecision, datePrecisions)),
    check('marks_are_known', sql`${t.marks} <@ ${textArray(releaseMarks)}`),
  ],
)

/** What a source calls a device; two may have one name. */
export const catalogueNames = pgTable(
  'catalogue_names',
  {
    importId: bigint('import_id', { mode: 'number' })
      .notNull()
      .references(() => catalogueImports.id),
    place: integer('place').notNull(),
    device: text('device').notNull(),
    name: text('name').notNull(),
  },
  (t) => [primaryKey({ columns: [t.importId, t.place] })],
)

/**
 * A request of the daily job to a source. One a day and address, whatever its end, held by the index: Apple asks
 * for its list to be polled at most once a day.
 */
export const catalogueFetches = pgTable(
  'catalogue_fetches',
  {
    id: serialId(),
    source: text('source', { enum: fetchedSources }).notNull(),
    /** Which of several addresses of the source: the model asked for. */
    scope: text('scope').notNull().default(''),
    /** The day in UTC, YYYY-MM-DD. */
    day: text('day').notNull(),
    startedAt: time('started_at').notNull(),
    endedAt: time('ended_at'),
    result: text('result', { enum: fetchResults }),
    reason: text('reason'),
    importId: bigint('import_id', { mode: 'number' }).references(() => catalogueImports.id),
  },
  (t) => [
    uniqueIndex('one_fetch_a_day').on(t.source, t.scope, t.day),
    check('a_source_is_known', oneOf(t.source, fetchedSources)),
    check('a_fetch_ends_in_a_known_way', oneOf(t.result, fetchResults)),
    check('a_fetch_has_an_end_or_none', sql`(${t.endedAt} is null) = (${t.result} is null)`),
  ],
)
