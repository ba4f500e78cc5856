import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import {
  frozenKinds,
  type Manifest,
  maxFrozenBytes,
  maxReportTitle,
} from '@/lib/domain/report/frozen-report'
import type { LabManifest } from '@/lib/domain/report/lab-report'
import { hasWords, number, oneOf } from './rule-sql'
import { bytea, id, time } from './schema'

/** Append-only: a selection of trials as it was when a lead froze it. Its file never changes. */
export const frozenReports = pgTable(
  'frozen_reports',
  {
    id: id(),
    /** The number in F-3. */
    number: integer('number').notNull().unique(),
    title: text('title').notNull(),
    simulated: boolean('simulated').notNull(),
    /** Whether it is the record of the lab, or what other labs may have of it. */
    kind: text('kind', { enum: frozenKinds }).notNull().default('record'),
    /** What is in the file: each entry with its size and SHA-256. */
    manifest: jsonb('manifest').$type<Manifest | LabManifest>().notNull(),
    manifestSha256: text('manifest_sha256').notNull(),
    file: bytea('file').notNull(),
    fileSha256: text('file_sha256').notNull(),
    fileBytes: bigint('file_bytes', { mode: 'number' }).notNull(),
    frozenAt: time('frozen_at').notNull(),
    frozenById: text('frozen_by_id').notNull(),
    frozenByName: text('frozen_by_name').notNull(),
  },
  (t) => [
    uniqueIndex('one_frozen_report_of_a_file').on(t.fileSha256),
    index('frozen_reports_by_entries').using('gin', sql`(${t.manifest} -> 'files') jsonb_path_ops`),
    check('a_frozen_report_has_a_kind', oneOf(t.kind, frozenKinds)),
    check('a_frozen_report_has_a_title', hasWords(t.title, 1)),
    check(
      'the_title_of_a_frozen_report_is_short',
      sql`length(${t.title}) <= ${number(maxReportTitle)}`,
    ),
    check(
      'a_frozen_report_has_its_hash',
      sql`${t.fileSha256} = encode(sha256(${t.file}), 'hex') and ${t.fileBytes} = octet_length(${t.file})`,
    ),
    check(
      'a_frozen_report_is_of_limited_size',
      sql`octet_length(${t.file}) between 1 and ${number(maxFrozenBytes)}`,
    ),
  ],
)
