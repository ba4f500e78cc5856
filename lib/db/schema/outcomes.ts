import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { trialStates } from '@/lib/domain/trial/trial'
import { devices, trials } from './schema'

// What the pages about outcomes count, so that they need not read every trial again. Only the database writes these
// tables: lib/db/sql/views/trial_outcome_fold.sql says what they hold, docs/decisions/064-outcomes-counted-once.md why.

/** One row for each concluded trial with a starting version: its outcome, and its value of each factor. */
export const trialOutcomes = pgTable(
  'trial_outcomes',
  {
    trialId: uuid('trial_id')
      .primaryKey()
      .references(() => trials.id),
    number: integer('number').notNull(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    simulated: boolean('simulated').notNull(),
    primaryOutcome: text('primary_outcome').notNull(),
    outcome: text('outcome').notNull(),
    overruled: boolean('overruled').notNull(),
    /** Whether the outcome differs from what the OS before and after shows. */
    against: boolean('against').notNull(),
    /** The state of its review; `none` before the first event. */
    review: text('review').notNull(),
    /** What became of its prediction: `PredictionResult` of lib/domain/outcome/prediction. */
    prediction: text('prediction').notNull().default('none'),
    /** Who registered it, by ID. */
    registrant: text('registrant').notNull().default(''),
    /** The day of its release in UTC, as in `2026-06-01`; '' where it has none. */
    releasedDay: text('released_day').notNull().default(''),
    version: text('version').notNull(),
    platform: text('platform').notNull(),
    model: text('model').notNull(),
    passcode: text('passcode').notNull(),
    power: text('power').notNull(),
    battery: text('battery').notNull(),
    network: text('network').notNull(),
    mechanism: text('mechanism').notNull().default('command'),
    action: text('action').notNull(),
    protocol: text('protocol').notNull(),
    target: text('target').notNull(),
    hour: text('hour').notNull(),
    arm: text('arm').notNull().default('none'),
    assigned: text('assigned').notNull().default('none'),
    treatment: text('treatment').notNull(),
  },
  (t) => [
    uniqueIndex('trial_outcomes_by_number').on(t.simulated, t.number.desc().nullsFirst()),
    index('trial_outcomes_by_device').on(t.deviceId),
    index('trial_outcomes_by_registrant').on(
      t.simulated,
      t.registrant,
      t.number.desc().nullsFirst(),
    ),
    index('trial_outcomes_against')
      .on(t.simulated, t.number.desc().nullsFirst())
      .where(sql`${t.against}`),
    index('trial_outcomes_by_day').on(t.simulated, t.releasedDay),
    index('trial_outcomes_by_version').on(t.simulated, t.version),
    index('trial_outcomes_by_platform').on(t.simulated, t.platform),
    index('trial_outcomes_by_model').on(t.simulated, t.model),
    index('trial_outcomes_by_passcode').on(t.simulated, t.passcode),
    index('trial_outcomes_by_power').on(t.simulated, t.power),
    index('trial_outcomes_by_battery').on(t.simulated, t.battery),
    index('trial_outcomes_by_network').on(t.simulated, t.network),
    index('trial_outcomes_by_mechanism').on(t.simulated, t.mechanism),
    index('trial_outcomes_by_action').on(t.simulated, t.action),
    index('trial_outcomes_by_protocol').on(t.simulated, t.protocol),
    index('trial_outcomes_by_target').on(t.simulated, t.target),
    index('trial_outcomes_by_hour').on(t.simulated, t.hour),
    index('trial_outcomes_by_arm').on(t.simulated, t.arm),
    index('trial_outcomes_by_assigned').on(t.simulated, t.assigned),
    index('trial_outcomes_by_treatment').on(t.simulated, t.treatment),
  ],
)

const alike = {
  simulated: boolean('simulated').notNull(),
  factor: text('factor').notNull(),
  value: text('value').notNull(),
  primaryOutcome: text('primary_outcome').notNull(),
  outcome: text('outcome').notNull(),
  overruled: boolean('overruled').notNull(),
  against: boolean('against').notNull(),
  review: text('review').notNull(),
  prediction: text('prediction').notNull().default('none'),
}

/** How many rows of `trial_outcomes` are alike, once for each factor and for `registrant`. Without trials there is no row. */
export const outcomeCounts = pgTable(
  'outcome_counts',
  { ...alike, trials: integer('trials').notNull() },
  (t) => [
    primaryKey({
      name: 'outcome_counts_pk',
      columns: [
        ...([t.simulated, t.factor, t.value, t.primaryOutcome] as const),
        ...([t.outcome, t.overruled, t.against, t.review, t.prediction] as const),
      ],
    }),
    check('a_count_is_of_trials', sql`${t.trials} > 0`),
  ],
)

/** The same for each month of their release in UTC, as in `2026-06`; '' for those without one. */
export const outcomeMonths = pgTable(
  'outcome_months',
  { ...alike, month: text('month').notNull(), trials: integer('trials').notNull() },
  (t) => [
    primaryKey({
      name: 'outcome_months_pk',
      columns: [
        ...([t.simulated, t.factor, t.month, t.value, t.primaryOutcome] as const),
        ...([t.outcome, t.overruled, t.against, t.review, t.prediction] as const),
      ],
    }),
    check('a_count_of_a_month_is_of_trials', sql`${t.trials} > 0`),
  ],
)

/** One row for each trial that waits for a review: it has ended, may have been sent, and is not approved. */
export const reviewQueue = pgTable(
  'review_queue',
  {
    trialId: uuid('trial_id')
      .primaryKey()
      .references(() => trials.id),
    number: integer('number').notNull(),
    simulated: boolean('simulated').notNull(),
    openQueries: integer('open_queries').notNull(),
  },
  (t) => [index('review_queue_by_number').on(t.simulated, t.number.desc().nullsFirst())],
)

/** What the flow diagram says of a trial; '' is no outcome, and no rule. */
const flowFacts = {
  simulated: boolean('simulated').notNull(),
  state: text('state', { enum: trialStates }).notNull(),
  outcome: text('outcome').notNull(),
  registered: boolean('registered').notNull(),
  released: boolean('released').notNull(),
  screenedOutBy: text('screened_out_by').notNull(),
  deviated: boolean('deviated').notNull(),
  usedBefore: boolean('used_before').notNull(),
  against: boolean('against').notNull(),
}

/** One row for each trial. No foreign key: whoever holds the head of the trail must not wait for a trial. */
export const trialFlow = pgTable('trial_flow', {
  trialId: uuid('trial_id').primaryKey(),
  ...flowFacts,
})

/** How many rows of `trial_flow` are alike. Without trials there is no row. */
export const flowCounts = pgTable(
  'flow_counts',
  { ...flowFacts, trials: integer('trials').notNull() },
  (t) => [
    primaryKey({
      name: 'flow_counts_pk',
      columns: [
        ...([t.simulated, t.state, t.outcome, t.registered, t.released] as const),
        ...([t.screenedOutBy, t.deviated, t.usedBefore, t.against] as const),
      ],
    }),
    check('a_flow_is_of_trials', sql`${t.trials} > 0`),
  ],
)

/** Devices whose late readings may change what the flow diagram says of their trials, until the commit. */
export const trialFlowMarks = pgTable('trial_flow_marks', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  deviceId: uuid('device_id').notNull(),
})
