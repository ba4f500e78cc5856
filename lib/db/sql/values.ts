import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { contradictionInfo, contradictionKinds } from '@/lib/domain/contradiction/finding'
import { buildPattern } from '@/lib/domain/device/os-version'
import { trailHead } from '@/lib/domain/export/column'
import { exportColumns } from '@/lib/domain/export/columns'
import { reviewDueEvents, reviewEventTopics, trialEventTopics } from '@/lib/domain/notice/topics'
import { type OutcomeOs, outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'
import { fixVerdictKinds, radarTransitions, verdictKinds } from '@/lib/domain/radar/radar'
import { statusReportName } from '@/lib/domain/reading/reading'
import { osFields, sourceRanks } from '@/lib/domain/reading/reading-order'
import {
  authorship,
  notForAuthors,
  reviewActs,
  reviewedStates,
  reviewTransitions,
} from '@/lib/domain/review/review'
import { actsOnLocked, hoursAfterReset, proofSeconds } from '@/lib/domain/signature/signature'
import { minReasonLength } from '@/lib/domain/text/reason'
import {
  commandTransitions,
  enforcementType,
  mayHaveLeftStates,
  onTheWayStates,
  withServerStates,
} from '@/lib/domain/trial/command-slot'
import { deviationEvents } from '@/lib/domain/trial/deviation'
import { type FactorName, factorNames } from '@/lib/domain/trial/factors'
import { underWayStates } from '@/lib/domain/trial/observation'
import { primaryOutcomeInfo, primaryOutcomes } from '@/lib/domain/trial/primary-outcome'
import { admittingKinds } from '@/lib/domain/trial/protocol-life'
import {
  aboutToSendStates,
  closedTrialStates,
  liveTrialStates,
  nextStates,
  releasableStates,
} from '@/lib/domain/trial/trial'
import { flowFacts } from '../schema/flow-facts'
import { arrayOf, listOf, literal } from '../schema/rule-sql'
import { factorSql } from '../schema/trial-factors'
import { isUnusedOs } from '../schema/unused-os'

/** `case subject when 'a' then x … else y end` */
const caseOf = (
  subject: string,
  branches: readonly (readonly [string, string])[],
  otherwise: string,
): string => {
  const whens = branches.map(([when, then]) => `when ${literal(when)} then ${then}`)
  return ['case', subject, ...whens, 'else', otherwise, 'end'].join(' ')
}

const outcomesThatNeed = (os: OutcomeOs) =>
  outcomes.filter((outcome) => outcomeInfo[outcome].os === os)

const mapped = (table: Readonly<Record<string, string | number>>) =>
  Object.entries(table).map(
    ([key, value]) => [key, typeof value === 'number' ? String(value) : literal(value)] as const,
  )

const arrays = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).map(([key, values]) => [key, arrayOf(values)] as const)

/** A rule of lib/db/schema as text. */
function textOf(rule: SQL): string {
  const { sql, params } = new PgDialect().sqlToQuery(rule)
  if (params.length > 0) throw new Error(`a rule of the database has a bound value: ${sql}`)
  return sql
}

/** The value of a factor, over `trials`, `devices` and `protocol_versions`. */
const factorText = (name: FactorName): string => textOf(factorSql[name])
const factorColumns = factorNames.map((name) => `${factorText(name)} as ${name}`)

const reviewStates = Object.entries(reviewTransitions).flatMap(([kind, { to }]) =>
  to === 'same' ? [] : [[kind, literal(to)] as const],
)
const reviewFrom = Object.entries(reviewTransitions).map(
  ([kind, { from }]) => [kind, arrayOf(from)] as const,
)

/** Columns of a trial's line that its view `e` does not have. */
const ofTheTrail: Readonly<Record<string, string>> = {
  event_head_hash:
    '(select a.hash from audit_log a where a.trial_id = e.trial order by a.seq desc limit 1)',
}

/** The cells of a trial's line; only a text or a code can hold what must be quoted. */
function csvCells(): string {
  const [last, ...columns] = exportColumns.trials.toReversed()
  if (last !== trailHead) throw new Error('the head of the trail is not the last column')
  return columns
    .toReversed()
    .map(({ name, type }) => {
      const value = ofTheTrail[name] ?? `e.${name}`
      return type === 'text' || type === 'code' ? `csv_cell(${value}::text)` : `${value}::text`
    })
    .join(',\n  ')
}

/**
 * The values of `{{name}}` in the texts of lib/db/sql: rules of lib/domain, which are written only there. When a rule
 * changes, the next start creates the objects again, as the fingerprint covers the texts with their values.
 */
export const sqlValues: Readonly<Record<string, string>> = {
  admitting_kinds: listOf(admittingKinds),
  about_to_send_states: listOf(aboutToSendStates),
  acts_on_locked: listOf(actsOnLocked),
  author_events: listOf(Object.keys(authorship)),
  build_pattern: literal(`^${buildPattern}$`),
  closed_trial_states: listOf(closedTrialStates),
  command_transitions: caseOf('old.state', arrays(commandTransitions), arrayOf([])),
  status_report_name: literal(statusReportName),
  enforcement_type: literal(enforcementType),
  plan_mechanism: factorText('mechanism'),
  flow_columns: [
    `${textOf(flowFacts.registered)} as registered`,
    `coalesce(${textOf(flowFacts.screenedOutBy)}, '') as screened_out_by`,
    `${textOf(flowFacts.deviated)} as deviated`,
    `${textOf(flowFacts.usedBefore)} as used_before`,
    `${textOf(flowFacts.against)} as against`,
  ].join(',\n  '),
  factor_columns: factorColumns.join(',\n  '),
  factor_names: factorNames.join(', '),
  counted_values: [...factorNames, 'registrant']
    .map((name) => `(${literal(name)}, r.${name})`)
    .join(', '),
  factors_of_excluded: factorNames.map((name) => `excluded.${name}`).join(', '),
  factors_of_o: factorNames.map((name) => `o.${name}`).join(', '),
  device_contradictions: listOf(
    contradictionKinds.filter((kind) => contradictionInfo[kind].about === 'device'),
  ),
  deviation_events: listOf(deviationEvents),
  hours_after_reset: String(hoursAfterReset),
  is_unused_os: textOf(isUnusedOs),
  live_trial_states: listOf(liveTrialStates),
  may_have_left: listOf(mayHaveLeftStates),
  min_reason: String(minReasonLength),
  not_for_authors: listOf(notForAuthors),
  notice_events_of_review: listOf(Object.keys(reviewEventTopics)),
  notice_events_of_trial: listOf([...Object.keys(trialEventTopics), ...reviewDueEvents]),
  on_the_way_states: listOf(onTheWayStates),
  open_command: `(c.state in ${listOf(onTheWayStates)} or (c.state in ${listOf(withServerStates)} and c.answered_at is null and c.withdrawn_at is null))`,
  os_fields: arrayOf(osFields),
  numerator_of_primary: caseOf(
    'primary_outcome',
    primaryOutcomes.map((one) => [one, arrayOf(primaryOutcomeInfo[one].numerator)] as const),
    arrayOf([]),
  ),
  primary_actions: caseOf(
    'chosen',
    primaryOutcomes.map((one) => [one, arrayOf(primaryOutcomeInfo[one].needs.actions)] as const),
    arrayOf([]),
  ),
  primary_commands: caseOf(
    'chosen',
    primaryOutcomes.map((one) => [one, String(primaryOutcomeInfo[one].needs.commands)] as const),
    '1',
  ),
  primary_declarations: caseOf(
    'chosen',
    primaryOutcomes.map(
      (one) => [one, String(primaryOutcomeInfo[one].needs.declarations)] as const,
    ),
    'false',
  ),
  primary_outcomes: listOf(primaryOutcomes),
  outcomes_left_out: listOf(outcomes.filter((one) => outcomeInfo[one].counts === 'leftOut')),
  outcomes_of_change: listOf(outcomesThatNeed('changed')),
  outcomes_without_change: listOf(outcomesThatNeed('notChanged')),
  proof_seconds: String(proofSeconds),
  radar_fix_verdicts: listOf(fixVerdictKinds),
  radar_from: caseOf('new.kind', arrays(radarTransitions), arrayOf([])),
  radar_verdicts: listOf(verdictKinds),
  releasable_states: listOf(releasableStates),
  review_acts: caseOf('new.kind', mapped(reviewActs), 'null'),
  review_due_events: listOf(reviewDueEvents),
  review_from: caseOf('new.kind', reviewFrom, arrayOf([])),
  review_to: caseOf('new.kind', reviewStates, 'r.state'),
  reviewed_states: listOf(reviewedStates),
  source_ranks: caseOf('source', mapped(sourceRanks), '0'),
  topic_of_review_event: caseOf('new.kind', mapped(reviewEventTopics), 'null'),
  topic_of_trial_event: caseOf('new.kind', mapped(trialEventTopics), 'null'),
  trial_csv_cells: csvCells(),
  trial_transitions: caseOf('old.state', arrays(nextStates), arrayOf([])),
  under_way_states: listOf(underWayStates),
}

/**
 * A text of lib/db/sql with its placeholders replaced.
 * @throws Error that names a placeholder without a value
 */
export function withValues(text: string, values = sqlValues): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`{{${name}}} has no value in lib/db/sql/values.ts`)
    return value
  })
}
