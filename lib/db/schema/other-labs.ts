import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { contradictionKinds } from '@/lib/domain/contradiction/finding'
import { platforms } from '@/lib/domain/device/device'
import { endStates, outcomes } from '@/lib/domain/outcome/outcome'
import { labIdForm, maxLabReportBytes, trialKeyForm } from '@/lib/domain/report/lab-report'
import { maxLabName } from '@/lib/domain/settings'
import { requestTypes } from '@/lib/domain/trial/command-slot'
import { primaryOutcomes } from '@/lib/domain/trial/primary-outcome'
import { hasForm, hasWords, number, oneOf } from './rule-sql'
import { bytea, id, serialId, time } from './schema'

// What other labs say. Their rows stand in tables of their own: only lib/db/queries/other-labs.ts and other-labs-seen.ts
// beside it read them, and no number of this lab counts them.

/** A report of another lab, as it came. Append-only but for its withdrawal. It is what somebody else says. */
export const otherLabReports = pgTable(
  'other_lab_reports',
  {
    id: id(),
    /** As the file has it: nobody has shown that the lab made the file. */
    labId: text('lab_id').notNull(),
    /** As a lead named the lab here. */
    labName: text('lab_name').notNull(),
    /** The ID and the name of the report in that lab. */
    reportId: uuid('report_id').notNull(),
    reportName: text('report_name').notNull(),
    simulated: boolean('simulated').notNull(),
    madeAt: time('made_at').notNull(),
    file: bytea('file').notNull(),
    fileSha256: text('file_sha256').notNull(),
    trials: integer('trials').notNull(),
    importedAt: time('imported_at').notNull(),
    importedById: text('imported_by_id').notNull(),
    importedByName: text('imported_by_name').notNull(),
    withdrawnAt: time('withdrawn_at'),
    withdrawnById: text('withdrawn_by_id'),
    withdrawnByName: text('withdrawn_by_name'),
    withdrawnReason: text('withdrawn_reason'),
  },
  (t) => [
    uniqueIndex('a_report_of_another_lab_stands_once')
      .on(t.fileSha256)
      .where(sql`${t.withdrawnAt} is null`),
    index('other_lab_reports_by_lab').on(t.labId, t.madeAt.desc().nullsFirst()),
    check('another_lab_has_an_id', hasForm(t.labId, labIdForm.source)),
    check(
      'another_lab_has_a_short_name',
      sql`${hasWords(t.labName, 1)} and length(${t.labName}) <= ${number(maxLabName)}`,
    ),
    check(
      'a_report_of_another_lab_has_its_hash',
      sql`${t.fileSha256} = encode(sha256(${t.file}), 'hex')`,
    ),
    check(
      'a_report_of_another_lab_is_of_limited_size',
      sql`octet_length(${t.file}) between 1 and ${number(maxLabReportBytes)}`,
    ),
    check(
      'a_withdrawn_report_of_another_lab_has_a_person_and_a_reason',
      sql`num_nulls(${t.withdrawnAt}, ${t.withdrawnById}, ${t.withdrawnByName}, ${t.withdrawnReason}) in (0, 4)`,
    ),
  ],
)

/** Append-only: the trials of such a report, as lib/domain/report/lab-report.ts defines a row. */
export const otherLabTrials = pgTable(
  'other_lab_trials',
  {
    id: serialId(),
    reportId: uuid('report_id')
      .notNull()
      .references(() => otherLabReports.id),
    trialKey: text('trial_key').notNull(),
    platform: text('platform', { enum: platforms }).notNull(),
    model: text('model'),
    startOs: text('start_os').notNull(),
    startBuild: text('start_build'),
    target: text('target'),
    action: text('action'),
    releasedOn: date('released_on', { mode: 'string' }),
    end: text('end_state', { enum: endStates }),
    endOs: text('end_os'),
    endBuild: text('end_build'),
    primaryOutcome: text('primary_outcome', { enum: primaryOutcomes }).notNull(),
    outcome: text('outcome', { enum: outcomes }).notNull(),
    overruled: boolean('overruled').notNull(),
    againstBuilds: boolean('against_builds').notNull(),
    review: text('review').notNull(),
    passcode: text('passcode').notNull(),
    power: text('power').notNull(),
    battery: text('battery').notNull(),
    network: text('network').notNull(),
    treatment: text('treatment').notNull(),
    contradictionsLeftOut: integer('contradictions_left_out').notNull(),
  },
  (t) => [
    uniqueIndex('a_trial_of_another_lab_stands_once_in_a_report').on(t.reportId, t.trialKey),
    index('other_lab_trials_by_test').on(t.model, t.startOs, t.target),
    check('a_trial_of_another_lab_has_a_key', hasForm(t.trialKey, trialKeyForm.source)),
    check('a_trial_of_another_lab_has_an_outcome', oneOf(t.outcome, outcomes)),
    check('a_trial_of_another_lab_has_a_primary_outcome', oneOf(t.primaryOutcome, primaryOutcomes)),
  ],
)

/** Append-only: the contradictions of such a trial. */
export const otherLabContradictions = pgTable(
  'other_lab_contradictions',
  {
    id: serialId(),
    trialRowId: bigint('trial_row_id', { mode: 'number' })
      .notNull()
      .references(() => otherLabTrials.id),
    requestType: text('request_type', { enum: requestTypes }).notNull(),
    path: text('path').notNull(),
    kind: text('kind', { enum: contradictionKinds }).notNull(),
    /** Null where it was a text of the device that did not leave that lab. */
    observed: text('observed'),
    osVersion: text('os_version').notNull(),
    /** The same text as of one's own contradiction; null where `observed` is. */
    fingerprint: text('fingerprint'),
  },
  (t) => [
    index('other_lab_contradictions_by_trial').on(t.trialRowId),
    index('other_lab_contradictions_by_fingerprint').on(t.fingerprint),
    check(
      'a_contradiction_of_another_lab_has_a_fingerprint_if_it_can',
      sql`(${t.observed} is null) = (${t.fingerprint} is null)`,
    ),
    check('a_contradiction_of_another_lab_has_a_kind', oneOf(t.kind, contradictionKinds)),
  ],
)
