import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { roles } from '@/lib/domain/account/permissions'
import { contradictionKinds } from '@/lib/domain/contradiction/finding'
import { platforms } from '@/lib/domain/device/device'
import { documentedMessages } from '@/lib/domain/documentation/documentation'
import {
  maxPredicted,
  type PredictableOutcome,
  predictableOutcomes,
} from '@/lib/domain/outcome/prediction'
import { type ReadingField, type ReadingValues, readingSources } from '@/lib/domain/reading/reading'
import { outcomeWaits } from '@/lib/domain/review/second-reading'
import type { Citation, Finding } from '@/lib/domain/rules/rule'
import { waivableRuleIds } from '@/lib/domain/rules/rules'
import { eventKinds, type ServerFinding } from '@/lib/domain/server/server-check'
import {
  actMeanings,
  actsWithReason,
  proofMethods,
  signatureActs,
  signatureMeanings,
} from '@/lib/domain/signature/signature'
import { minReasonLength } from '@/lib/domain/text/reason'
import {
  commandPurposes,
  commandStates,
  enforcementType,
  interventionTypes,
  onTheWayStates,
  orderTypes,
  type RequestType,
  withServerStates,
} from '@/lib/domain/trial/command-slot'
import { deviationEvents } from '@/lib/domain/trial/deviation'
import { primaryOutcomes } from '@/lib/domain/trial/primary-outcome'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { minRealHoldSeconds } from '@/lib/domain/trial/release'
import type { StartingFacts } from '@/lib/domain/trial/starting-facts'
import type { StartingState } from '@/lib/domain/trial/starting-state'
import { liveTrialStates, type TrialEventKind, trialStates } from '@/lib/domain/trial/trial'
import { serverKinds, serverTraits, storageKinds } from '@/lib/mdm/server-kinds'
import { hasWords, isSealed, literal, noneOf, number, oneOf, pairs, textArray } from './rule-sql'

// What the database enforces beyond these tables (append-only, transitions, the simulated mark,
// the notifications) is in lib/db/sql/guards. A change here becomes a migration by `npx drizzle-kit generate`.

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'bytea',
})

/**
 * jsonb that is parsed once, by the driver. Drizzle's own parses what is already a string again, so
 * that the OS version "12.1" comes back as the number 12.1.
 */
export const jsonb = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value,
})
export const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
export const id = () => uuid('id').primaryKey().defaultRandom()
export const serialId = () =>
  bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity()

// ── People (the tables better-auth keeps; `role` and `disabledAt` are ours) ──────────────────────

export const users = pgTable('users', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  role: text('role', { enum: roles }).notNull().default('engineer'),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
  /** Set when the person has left: they cannot sign in any more, and their name stays in the record. */
  disabledAt: time('disabled_at'),
  /** Whether a second factor is required: there is a confirmed TOTP secret or a passkey. */
  twoFactorEnabled: boolean('two_factor_enabled').notNull().default(false),
})

export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    expiresAt: time('expires_at').notNull(),
    token: text('token').notNull().unique(),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The time of the last request, to the minute; lib/auth/session.ts ends an idle session by it. */
    lastSeenAt: time('last_seen_at').notNull().defaultNow(),
  },
  (t) => [index('sessions_by_user').on(t.userId)],
)

export const accounts = pgTable(
  'accounts',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: time('access_token_expires_at'),
    refreshTokenExpiresAt: time('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    index('accounts_by_user').on(t.userId),
    // One account at a provider belongs to one person here.
    uniqueIndex('one_person_per_account').on(t.providerId, t.accountId),
  ],
)

export const verifications = pgTable('verifications', {
  id: text('id').primaryKey(),
  identifier: text('identifier').notNull(),
  value: text('value').notNull(),
  expiresAt: time('expires_at').notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  updatedAt: time('updated_at').notNull().defaultNow(),
})

// ── The lab ──────────────────────────────────────────────────────────────────────────────────────

/** One value per setting name; a missing setting has the default of lib/domain/settings. */
export const labSettings = pgTable('lab_settings', {
  name: text('name').primaryKey(),
  value: jsonb('value').notNull(),
  changedAt: time('changed_at').notNull().defaultNow(),
  changedBy: text('changed_by').notNull(),
})

const kindsWithDeclarationsBeside = serverKinds.filter(
  (kind) => serverTraits[kind].declarations === 'beside',
)

export const mdmServers = pgTable(
  'mdm_servers',
  {
    id: id(),
    /** Part of the webhook's address: /api/webhook/<slug>. */
    slug: text('slug').notNull().unique(),
    name: text('name').notNull(),
    kind: text('kind', { enum: serverKinds }).notNull(),
    url: text('url').notNull(),
    apiKey: text('api_key').notNull(),
    /** Empty for a server that does not sign. */
    hmacKey: text('hmac_key').notNull(),
    simulated: boolean('simulated').notNull(),
    lastContactAt: time('last_contact_at'),
    /** Set by an alarm (F04, F05 of docs/exactly-once.md): nothing is sent until an admin clears it. */
    stopReason: text('stop_reason'),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Where the server stores its queue, as set by an admin; its API does not say. */
    storage: text('storage', { enum: storageKinds }).notNull().default('unknown'),
    /** The hash of the secret in the webhook's URL, for a server that does not sign. The secret is shown once and not stored. */
    webhookTokenSha256: text('webhook_token_sha256'),
    /** Identifies the key; sealing it again does not change it. Empty until a start has filled it in. */
    apiKeySha256: text('api_key_sha256').notNull().default(''),
    /** The canonical form of the address; written by the database (lib/db/sql/functions/server_address.sql). */
    address: text('address')
      .notNull()
      .$default(() => ''),
    /** Where the program beside it keeps declarations for its devices; null if there is none. */
    declarationsUrl: text('declarations_url'),
    /** Sealed; empty if there is none. */
    declarationsKey: text('declarations_key').notNull().default(''),
    /** As `apiKeySha256`; empty if there is none. */
    declarationsKeySha256: text('declarations_key_sha256').notNull().default(''),
    /** As `address`, written by the database; null if there is none. */
    declarationsAddress: text('declarations_address'),
  },
  (t) => [
    uniqueIndex('one_server_per_address').on(t.address),
    uniqueIndex('one_server_per_declarations_address').on(t.declarationsAddress),
    check('a_server_is_of_a_known_kind', oneOf(t.kind, serverKinds)),
    check('a_storage_is_a_known_one', oneOf(t.storage, storageKinds)),
    check(
      'a_storage_is_one_of_its_kind',
      sql.join(
        serverKinds.map((kind) => {
          const storages = storageKinds.filter(
            (one) => one === 'unknown' || serverTraits[kind].storages[one],
          )
          return sql`(${t.kind} = ${sql.raw(literal(kind))} and ${oneOf(t.storage, storages)})`
        }),
        sql.raw('\n  or '),
      ),
    ),
    // With an empty key nothing is signed, so the webhook needs a secret of its own.
    check(
      'a_webhook_has_a_secret',
      sql.join(
        serverKinds.map((kind) => {
          const proof =
            serverTraits[kind].webhookProof === 'signature'
              ? sql`${t.hmacKey} <> '' and ${t.webhookTokenSha256} is null`
              : sql`${t.webhookTokenSha256} is not null and ${t.webhookTokenSha256} ~ '^[0-9a-f]{64}$'`
          return sql`(${t.kind} = ${sql.raw(literal(kind))} and ${proof})`
        }),
        sql.raw('\n  or '),
      ),
    ),
    check('an_api_key_is_sealed', isSealed(t.apiKey)),
    check('an_hmac_key_is_sealed', sql`${t.hmacKey} = '' or ${isSealed(t.hmacKey)}`),
    check('a_key_is_known_by_its_hash', sql`${t.apiKeySha256} ~ '^([0-9a-f]{64})?$'`),
    check(
      'declarations_have_address_and_key',
      sql`case when ${t.declarationsUrl} is null then ${t.declarationsKey} = '' and ${t.declarationsKeySha256} = ''
    else ${isSealed(t.declarationsKey)} and ${t.declarationsKeySha256} ~ '^[0-9a-f]{64}$' end`,
    ),
    check(
      'a_kind_with_declarations_beside',
      sql`${t.declarationsUrl} is null or ${oneOf(t.kind, kindsWithDeclarationsBeside)}`,
    ),
  ],
)

/** A row for each server that does not answer at present; see lib/core/release/send-due.ts. */
export const serverSilences = pgTable(
  'server_silences',
  {
    mdmServerId: uuid('mdm_server_id')
      .primaryKey()
      .references(() => mdmServers.id),
    since: time('since').notNull(),
    /** Consecutive attempts without an answer. */
    tries: integer('tries').notNull(),
    nextTryAt: time('next_try_at').notNull(),
    reason: text('reason').notNull(),
  },
  (t) => [check('a_silence_was_met', sql`${t.tries} > 0`)],
)

export const devices = pgTable(
  'devices',
  {
    id: id(),
    /** Null for a device that was added by its check-in and has no tag yet. */
    labTag: text('lab_tag'),
    name: text('name').notNull(),
    enrollmentId: text('enrollment_id'),
    mdmServerId: uuid('mdm_server_id').references(() => mdmServers.id),
    serial: text('serial'),
    platform: text('platform', { enum: platforms }).notNull(),
    modelIdentifier: text('model_identifier'),
    modelName: text('model_name'),
    location: text('location').notNull().default(''),
    holder: text('holder').notNull().default(''),
    notes: text('notes').notNull().default(''),
    holdReason: text('hold_reason'),
    heldBy: text('held_by'),
    heldAt: time('held_at'),
    /** A reservation counts until then, by the clock of whoever judges; see lib/domain/device/hold.ts. */
    holdUntil: time('hold_until'),
    retiredAt: time('retired_at'),
    retiredBy: text('retired_by'),
    lastSeenAt: time('last_seen_at'),
    /** Copied by the database from the MDM server; once true, it stays true. */
    simulated: boolean('simulated').notNull().default(false),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Changes when a person edits the row, not when the device is seen. */
    updatedAt: time('updated_at').notNull().defaultNow(),
    retirementReason: text('retirement_reason'),
    updatedBy: text('updated_by'),
  },
  (t) => [
    uniqueIndex('one_device_per_lab_tag').on(sql`lower(${t.labTag})`),
    // In any letter case: the same device must not be in the lab twice (F12).
    uniqueIndex('one_device_per_enrollment_id').on(sql`lower(${t.enrollmentId})`),
    uniqueIndex('one_device_per_serial').on(sql`lower(${t.serial})`),
    index('devices_by_environment').on(t.simulated, t.labTag, t.id),
    // The sort orders of the device list; a device without a lab tag comes first, as ''.
    index('devices_by_tag').on(t.simulated, sql`coalesce(lower(${t.labTag}), '')`, t.id),
    index('devices_by_name').on(t.simulated, sql`lower(${t.name})`, t.id),
    index('devices_by_seen').on(t.simulated, sql`coalesce(${t.lastSeenAt}, '-infinity')`, t.id),
    index('devices_by_model').on(t.simulated, t.modelIdentifier, t.modelName),
    index('devices_by_end_of_hold').on(t.holdUntil).where(sql`${t.holdReason} is not null`),
    // One from before ends were required has neither time.
    check(
      'a_reservation_has_an_end',
      sql`(${t.heldAt} is null) = (${t.holdUntil} is null) and (${t.holdReason} is not null or ${t.holdUntil} is null)`,
    ),
    check('a_reservation_ends_after_it_was_made', sql`${t.holdUntil} > ${t.heldAt}`),
  ],
)

/** Append-only. `value` is null if it was queried and is not known; `unknownReason` says why. */
export const readings = pgTable(
  'readings',
  {
    id: serialId(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    field: text('field').$type<ReadingField>().notNull(),
    value: jsonb('value').$type<ReadingValues[ReadingField]>(),
    unknownReason: text('unknown_reason'),
    unit: text('unit').notNull().default(''),
    source: text('source', { enum: readingSources }).notNull(),
    askedAt: time('asked_at'),
    /** When it was true; for a file without times, when it was imported, with `ageUnknown`. */
    answeredAt: time('answered_at').notNull(),
    recordedAt: time('recorded_at').notNull().defaultNow(),
    byId: text('by_id'),
    byName: text('by_name'),
    commandUuid: uuid('command_uuid'),
    simulated: boolean('simulated').notNull().default(false),
    ageUnknown: boolean('age_unknown').notNull().default(false),
  },
  (t) => [
    index('readings_by_field').on(
      t.deviceId,
      t.field,
      t.ageUnknown,
      t.answeredAt.desc().nullsFirst(),
      t.id.desc().nullsFirst(),
    ),
    check('only_files_have_no_time', sql`not ${t.ageUnknown} or ${t.source} = 'imported'`),
  ],
)

/**
 * The fold over `readings`, so that lists are fast: written by the database only; no release
 * or claim rests on it. lib/db/sql/functions/fold_readings.sql decides which reading is the current one.
 */
export const currentReadings = pgTable(
  'current_readings',
  {
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    field: text('field').$type<ReadingField>().notNull(),
    readingId: bigint('reading_id', { mode: 'number' }).notNull(),
    value: jsonb('value').$type<ReadingValues[ReadingField]>(),
    unknownReason: text('unknown_reason'),
    source: text('source', { enum: readingSources }).notNull(),
    askedAt: time('asked_at'),
    answeredAt: time('answered_at').notNull(),
    byName: text('by_name'),
    /** The sort key of an OS version; stored, as computing ten thousand of them for each list is slow. */
    versionKey: integer('version_key')
      .array()
      .generatedAlwaysAs(
        sql`case when field = 'osVersion' then version_sort_key(value #>> '{}') end`,
      ),
    ageUnknown: boolean('age_unknown').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.deviceId, t.field] }),
    index('current_readings_by_value').on(t.field, sql`(${t.value} #>> '{}')`),
  ],
)

/** A device's qualification as the device list shows it: a cache, not evidence. */
export const deviceVerdicts = pgTable(
  'device_verdicts',
  {
    deviceId: uuid('device_id')
      .primaryKey()
      .references(() => devices.id),
    overall: text('overall', { enum: ['qualified', 'notYet', 'no'] }).notNull(),
    /** The first blocking finding in words. */
    reason: text('reason').notNull(),
    failing: integer('failing').notNull(),
    unknown: integer('unknown').notNull(),
    warnings: integer('warnings').notNull(),
    ruleSetVersion: text('rule_set_version').notNull(),
    judgedAt: time('judged_at').notNull(),
    /** When a reading it used becomes stale; from then on the list shows "not yet". */
    staleAt: time('stale_at'),
    /** Something it rests on has changed; the worker judges it again in its next round. */
    judgeAgain: boolean('judge_again').notNull().default(false),
  },
  (t) => [
    // Those that say more than they still can.
    index('device_verdicts_to_end')
      .on(t.staleAt, t.deviceId)
      .where(sql`${t.overall} = 'qualified'`),
  ],
)

// ── Protocols and trials ─────────────────────────────────────────────────────────────────────────

export const protocols = pgTable('protocols', {
  id: id(),
  createdAt: time('created_at').notNull().defaultNow(),
  createdBy: text('created_by').notNull(),
  archivedAt: time('archived_at'),
})

/** Append-only: an edit is a new version. */
export const protocolVersions = pgTable(
  'protocol_versions',
  {
    id: id(),
    protocolId: uuid('protocol_id')
      .notNull()
      .references(() => protocols.id),
    version: integer('version').notNull(),
    plan: jsonb('plan').$type<ProtocolPlan>().notNull(),
    /** What the plan names; computed for versions from before it did, whose plans stay as they were sealed. */
    primaryOutcome: text('primary_outcome', { enum: primaryOutcomes })
      .notNull()
      .generatedAlwaysAs(sql`primary_outcome(plan)`),
    createdAt: time('created_at').notNull().defaultNow(),
    createdBy: text('created_by').notNull(),
    /** Null in versions from before it was kept: those know their author by name. */
    createdById: text('created_by_id'),
  },
  (t) => [
    uniqueIndex('one_row_per_protocol_version').on(t.protocolId, t.version),
    check('a_primary_outcome_is_a_known_one', oneOf(t.primaryOutcome, primaryOutcomes)),
  ],
)

export const trials = pgTable(
  'trials',
  {
    id: id(),
    /** The number in T-12. */
    number: integer('number').notNull().unique().generatedAlwaysAsIdentity(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    protocolVersionId: uuid('protocol_version_id')
      .notNull()
      .references(() => protocolVersions.id),
    /** A fold over trial_events, stored for the indexes; a trigger enforces the transitions. */
    state: text('state', { enum: trialStates }).notNull(),
    simulated: boolean('simulated').notNull().default(false),
    draftedAt: time('drafted_at').notNull(),
    draftedBy: text('drafted_by').notNull(),
    /** The engineer's own expectation, sealed with the plan at registration. */
    expectation: text('expectation').notNull().default(''),
    /** The outcomes of which the engineer expects one, sealed likewise; null where none was predicted. */
    prediction: text('prediction').array().$type<PredictableOutcome[]>(),
    registeredAt: time('registered_at'),
    registeredBy: text('registered_by'),
    registration: text('registration'),
    registrationHash: text('registration_hash'),
    armedAt: time('armed_at'),
    armedBy: text('armed_by'),
    releasedAt: time('released_at'),
    releasedBy: text('released_by'),
    holdEndsAt: time('hold_ends_at'),
    /** The readings frozen at release. */
    startingState: jsonb('starting_state').$type<StartingState>(),
    /** What the device was at release besides its readings; null in trials from before it was kept. */
    startingFacts: jsonb('starting_facts').$type<StartingFacts>(),
    startOs: text('start_os'),
    startBuild: text('start_build'),
    verdictId: bigint('verdict_id', { mode: 'number' }),
    /** True once the command may have been sent: the baseline of this build is consumed. */
    consumed: boolean('consumed').notNull().default(false),
    sentAt: time('sent_at'),
    deadlineAt: time('deadline_at'),
    endOs: text('end_os'),
    endBuild: text('end_build'),
    /** When the new OS was first seen. */
    endSeenAt: time('end_seen_at'),
    outcome: text('outcome'),
    proposedOutcome: text('proposed_outcome'),
    outcomeReason: text('outcome_reason'),
    concludedAt: time('concluded_at'),
    concludedBy: text('concluded_by'),
    overruled: boolean('overruled').notNull().default(false),
    /** Where the protocol asks for a second reader: what has to come before the outcome is shown and counted. */
    outcomeAwaits: text('outcome_awaits', { enum: outcomeWaits }),
    closedReason: text('closed_reason'),
    endSupplementalBuild: text('end_supplemental_build'),
  },
  (t) => [
    uniqueIndex('one_live_trial_per_device').on(t.deviceId).where(oneOf(t.state, liveTrialStates)),
    uniqueIndex('one_trial_per_starting_build')
      .on(t.deviceId, t.startBuild)
      .where(sql`${t.consumed}`),
    index('trials_by_environment').on(t.simulated, t.number.desc().nullsFirst()),
    index('trials_by_start').on(t.simulated, t.state, t.startOs),
    // The order by release of the list of trials; one that was never released comes first.
    index('trials_by_release').on(
      t.simulated,
      sql`coalesce(${t.releasedAt}, '-infinity')`,
      t.number,
    ),
    index('trials_by_version').on(t.simulated, t.startOs),
    index('trials_by_protocol').on(t.protocolVersionId, t.simulated),
    index('trials_by_device').on(t.deviceId, t.number),
    check(
      'a_prediction_is_of_outcomes',
      sql`${t.prediction} is null or (cardinality(${t.prediction}) between 1 and ${number(maxPredicted)} and ${t.prediction} <@ ${textArray(predictableOutcomes)})`,
    ),
    check(
      'a_consumed_trial_names_its_start',
      sql`not ${t.consumed} or ${t.startBuild} is not null`,
    ),
    check(
      'a_registered_trial_is_sealed',
      sql`${t.state} in ('draft', 'withdrawn', 'lost') or ${t.registrationHash} is not null`,
    ),
    check(
      'a_concluded_trial_has_an_outcome',
      sql`${t.state} <> 'concluded' or (${t.outcome} is null) = (${t.outcomeAwaits} is not null)`,
    ),
    check(
      'an_outcome_waits_once_it_is_decided',
      sql`${t.outcomeAwaits} is null or (${t.state} = 'concluded' and ${oneOf(t.outcomeAwaits, outcomeWaits)}
        and num_nonnulls(${t.proposedOutcome}, ${t.outcomeReason}) = 0 and not ${t.overruled})`,
    ),
    index('trials_whose_outcome_waits')
      .on(t.simulated, t.number)
      .where(sql`${t.outcomeAwaits} is not null`),
  ],
)

/** Append-only: the record of a trial. `data` has what its kind needs. */
export const trialEvents = pgTable(
  'trial_events',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    kind: text('kind').$type<TrialEventKind>().notNull(),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    byRole: text('by_role').notNull(),
    text: text('text').notNull().default(''),
    data: jsonb('data').$type<Record<string, unknown>>().notNull().default(sql`'{}'::jsonb`),
  },
  (t) => [
    index('trial_events_by_trial').on(t.trialId, t.id),
    // Who contributed to a trial, asked for each that waits for a review.
    index('trial_events_by_person').on(t.byId, t.trialId),
    // A gap is recorded in a trial only once.
    uniqueIndex('one_event_per_gap_and_trial')
      .on(t.trialId, sql`(${t.data} ->> 'gapId')`)
      .where(sql`${t.kind} = 'observationGap'`),
    index('trial_events_of_deviations').on(t.trialId).where(oneOf(t.kind, deviationEvents)),
    // A step is ticked off once, a fact is a deviation once, and each entry is corrected once.
    uniqueIndex('one_tick_per_step')
      .on(t.trialId, sql`(${t.data} ->> 'step')`)
      .where(sql`${t.kind} = 'stepTicked' and ${t.data} ->> 'corrects' is null`),
    uniqueIndex('one_deviation_per_fact')
      .on(t.trialId, sql`(${t.data} ->> 'about')`)
      .where(sql`${t.kind} = 'deviated' and ${t.data} ->> 'about' is not null`),
    uniqueIndex('one_correction_per_event')
      .on(t.trialId, sql`(${t.data} ->> 'corrects')`)
      .where(sql`${t.kind} in ('stepTicked', 'deviated') and ${t.data} ->> 'corrects' is not null`),
    uniqueIndex('one_bench_event_per_press')
      .on(sql`(${t.data} ->> 'nonce')`)
      .where(sql`${t.kind} in ('stepTicked', 'deviated') and ${t.data} ->> 'nonce' is not null`),
  ],
)

/** Append-only. A correction is a new row that points at the old one, with a reason. */
export const observations = pgTable(
  'observations',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    kind: text('kind').notNull(),
    text: text('text').notNull().default(''),
    data: jsonb('data').$type<Record<string, unknown>>().notNull().default(sql`'{}'::jsonb`),
    /** When it was seen, according to the observer. */
    observedAt: time('observed_at').notNull(),
    /** When it was recorded, by the server's clock. */
    recordedAt: time('recorded_at').notNull().defaultNow(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    correctsId: bigint('corrects_id', { mode: 'number' }),
    reason: text('reason'),
    /** Generated by the form before it is sent, so that pressing Save twice stores one row. */
    nonce: uuid('nonce').notNull().unique(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    index('observations_by_trial').on(t.trialId, t.observedAt, t.id),
    uniqueIndex('one_correction_per_observation').on(t.correctsId),
    check(
      'a_correction_has_a_reason',
      sql`${t.correctsId} is null or ${hasWords(t.reason, minReasonLength)}`,
    ),
  ],
)

/** Append-only: what the program proposed and what a person decided. */
export const outcomeDecisions = pgTable(
  'outcome_decisions',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    proposed: text('proposed'),
    reasons: jsonb('reasons').$type<string[]>().notNull(),
    functionVersion: text('function_version').notNull(),
    /** Whether the proposal was certain; null for decisions from before this was kept. */
    certain: boolean('certain'),
    decided: text('decided').notNull(),
    reason: text('reason'),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    at: time('at').notNull(),
  },
  (t) => [index('outcome_decisions_by_trial').on(t.trialId)],
)

/** Append-only: a qualification as it was judged, with its rule set and inputs. */
export const verdicts = pgTable(
  'verdicts',
  {
    id: serialId(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    trialId: uuid('trial_id').references(() => trials.id),
    purpose: text('purpose', { enum: ['preview', 'release', 'claim'] }).notNull(),
    ruleSetVersion: text('rule_set_version').notNull(),
    overall: text('overall', { enum: ['qualified', 'notYet', 'no'] }).notNull(),
    findings: jsonb('findings').$type<Finding[]>().notNull(),
    /** SHA-256 of what the engineer saw; release compares it. */
    hash: text('hash').notNull(),
    judgedAt: time('judged_at').notNull(),
    staleAt: time('stale_at'),
    byId: text('by_id').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    index('verdicts_by_device').on(t.deviceId, t.id.desc().nullsFirst()),
    index('verdicts_by_trial').on(t.trialId, t.id.desc().nullsFirst()),
  ],
)

// ── The wire ─────────────────────────────────────────────────────────────────────────────────────

/** A person is about to release on the device, so no new query is sent; see lib/core/release/pause-queries.ts. */
export const releaseRequests = pgTable('release_requests', {
  deviceId: uuid('device_id')
    .primaryKey()
    .references(() => devices.id),
  until: time('until').notNull(),
  byName: text('by_name').notNull(),
  /** The answered query whose follow-up queries wait for the end of the release request. */
  heldCommand: uuid('held_command').references((): AnyPgColumn => commands.commandUuid),
})

// ── Signatures ───────────────────────────────────────────────────────────────────────────────────

// Person, act, age and single use of a proof are enforced by lib/db/sql/guards/guard_proof.sql and use_proof.sql.

/**
 * A person's renewed proof of identity, for one act on one record. Append-only but for its one use,
 * which only a signature can write; a proof that is not used within two minutes signs nothing.
 */
export const proofs = pgTable(
  'proofs',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    byId: text('by_id').notNull(),
    method: text('method', { enum: proofMethods }).notNull(),
    act: text('act', { enum: signatureActs }).notNull(),
    /** The trial. */
    subjectId: text('subject_id').notNull(),
    at: time('at').notNull(),
    usedAt: time('used_at'),
  },
  (t) => [check('a_proof_is_by_password_or_passkey', oneOf(t.method, proofMethods))],
)

/** Append-only: a waiver of a lab rule for one trial, signed by a lead. */
export const waivers = pgTable(
  'waivers',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    ruleId: text('rule_id').notNull(),
    reason: text('reason').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    at: time('at').notNull(),
    signatureId: bigint('signature_id', { mode: 'number' })
      .notNull()
      .references(() => signatures.id),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_waiver_per_rule_of_a_trial').on(t.trialId, t.ruleId),
    uniqueIndex('one_waiver_per_signature').on(t.signatureId),
    check('only_lab_policy_is_waived', oneOf(t.ruleId, waivableRuleIds)),
    check('a_waiver_has_a_reason', hasWords(t.reason, minReasonLength)),
  ],
)

/** The result of the last check of a signature. A cache for the export, not evidence. */
export const signatureChecks = pgTable('signature_checks', {
  signatureId: bigint('signature_id', { mode: 'number' })
    .primaryKey()
    .references(() => signatures.id),
  checkedAt: time('checked_at').notNull(),
  differences: text('differences').array().notNull(),
})

/** Append-only. A signature is never withdrawn; an act is undone by another signed act. */
export const signatures = pgTable(
  'signatures',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    act: text('act', { enum: signatureActs }).notNull(),
    meaning: text('meaning', { enum: signatureMeanings }).notNull(),
    byId: text('by_id').notNull(),
    /** Name and role at the time of signing. */
    byName: text('by_name').notNull(),
    byRole: text('by_role').notNull(),
    at: time('at').notNull(),
    method: text('method', { enum: proofMethods }).notNull(),
    proofId: uuid('proof_id')
      .notNull()
      .references(() => proofs.id),
    slotOrdinal: integer('slot_ordinal'),
    verdictId: bigint('verdict_id', { mode: 'number' }).references(() => verdicts.id),
    verdictHash: text('verdict_hash'),
    /** The command it is about; not a foreign key, as a release is signed before its command is stored. */
    commandUuid: uuid('command_uuid'),
    reason: text('reason').notNull().default(''),
    /** The details of the act, such as the waived rule. */
    details: jsonb('details').$type<Record<string, unknown>>().notNull().default(sql`'{}'::jsonb`),
    /** Canonical JSON of what was signed, and its SHA-256. */
    record: text('record').notNull(),
    recordSha256: text('record_sha256').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_signature_per_proof').on(t.proofId),
    index('signatures_by_trial').on(t.trialId, t.id),
    check('an_act_has_its_meaning', sql`(${t.act}, ${t.meaning}) in ${pairs(actMeanings)}`),
    check(
      'responsibility_is_taken_with_a_reason',
      sql`${noneOf(t.act, actsWithReason)} or ${hasWords(t.reason, minReasonLength)}`,
    ),
    check('a_signature_is_by_somebody', sql`${t.byRole} <> 'system' and btrim(${t.byName}) <> ''`),
    check(
      'a_release_is_signed_for_a_slot_and_a_verdict',
      sql`${t.act} not in ('release', 'counterSign') or (${t.slotOrdinal} is not null and ${t.verdictId} is not null and ${t.verdictHash} is not null)`,
    ),
  ],
)

// ── Commands and what devices say ────────────────────────────────────────────────────────────────

/**
 * Every command for a device, probes and interventions. Identity and bytes never
 * change; a trigger enforces the transitions of lib/domain/trial/command-slot.
 */
export const commands = pgTable(
  'commands',
  {
    commandUuid: uuid('command_uuid').primaryKey(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    mdmServerId: uuid('mdm_server_id')
      .notNull()
      .references(() => mdmServers.id),
    enrollmentId: text('enrollment_id').notNull(),
    trialId: uuid('trial_id').references(() => trials.id),
    slotOrdinal: integer('slot_ordinal'),
    purpose: text('purpose', { enum: commandPurposes }).notNull(),
    requestType: text('request_type', { enum: orderTypes }).notNull(),
    /** The plist of a command; of a declaration slot its declarations (lib/mdm/declarations/build-enforcement.ts). */
    plist: bytea('plist').notNull(),
    plistSha256: text('plist_sha256').notNull(),
    state: text('state', { enum: commandStates }).notNull(),
    reservedAt: time('reserved_at').notNull(),
    reservedById: text('reserved_by_id').notNull(),
    reservedByName: text('reserved_by_name').notNull(),
    /** It must not be sent before this time. */
    holdEndsAt: time('hold_ends_at').notNull(),
    /** The hash of the verdict the engineer saw; the claim is judged against it again. */
    verdictHash: text('verdict_hash'),
    sendingAt: time('sending_at'),
    settledAt: time('settled_at'),
    reason: text('reason'),
    httpStatus: integer('http_status'),
    apiBody: text('api_body'),
    pushedAt: time('pushed_at'),
    pushProblem: text('push_problem'),
    answeredAt: time('answered_at'),
    answerStatus: text('answer_status'),
    /** The first item of the ErrorChain, if there was one. */
    answerErrorDomain: text('answer_error_domain'),
    answerErrorCode: integer('answer_error_code'),
    /** 2 if it was answered again; `redeliveries` has the number. */
    answerCount: integer('answer_count').notNull().default(0),
    notNowCount: integer('not_now_count').notNull().default(0),
    withdrawnAt: time('withdrawn_at'),
    withdrawnBy: text('withdrawn_by'),
    withdrawnReason: text('withdrawn_reason'),
    simulated: boolean('simulated').notNull().default(false),
    /** The follow-up queries of a probe, each sent once the previous one is answered. */
    nextRequests: jsonb('next_requests').$type<RequestType[]>().notNull().default(sql`'[]'::jsonb`),
    /** Who released it and, where two are required, who counter-signed: lib/db/sql/guards/guard_release.sql. */
    signatureId: bigint('signature_id', { mode: 'number' }).references(() => signatures.id),
    counterSignatureId: bigint('counter_signature_id', { mode: 'number' }).references(
      () => signatures.id,
    ),
    needsTwoPeople: boolean('needs_two_people').notNull().default(false),
    /** Its destination, from its server when it was reserved: lib/db/sql/guards/guard_destination.sql. */
    serverUrl: text('server_url'),
    serverKind: text('server_kind', { enum: serverKinds }),
    serverKeySha256: text('server_key_sha256'),
    /** Of a declaration slot: where its declarations go, from the same row. */
    declarationsUrl: text('declarations_url'),
    declarationsKeySha256: text('declarations_key_sha256'),
  },
  (t) => [
    uniqueIndex('one_command_per_slot')
      .on(t.trialId, t.slotOrdinal)
      .where(sql`${t.purpose} = 'intervention'`),
    uniqueIndex('one_open_command_per_device')
      .on(t.deviceId)
      .where(
        sql`${oneOf(t.state, onTheWayStates)} or (${oneOf(t.state, withServerStates)} and ${t.answeredAt} is null and ${t.withdrawnAt} is null)`,
      ),
    uniqueIndex('one_command_per_release').on(t.signatureId),
    uniqueIndex('one_command_per_counter_signature').on(t.counterSignatureId),
    index('commands_by_device').on(t.deviceId, t.reservedAt.desc().nullsFirst()),
    index('commands_by_trial').on(t.trialId, t.reservedAt),
    index('commands_to_deliver').on(t.holdEndsAt).where(sql`${t.state} = 'reserved'`),
    // The worker asks for them in each round, and most commands are queries.
    index('declarations_by_state')
      .on(t.state)
      .where(sql`${t.requestType} = ${sql.raw(literal(enforcementType))}`),
    check(
      'only_an_intervention_changes_a_device',
      sql`(${t.purpose} = 'intervention') = (${oneOf(t.requestType, interventionTypes)})`,
    ),
    check(
      'a_real_hold_is_long_enough',
      sql`${t.simulated} or ${t.purpose} <> 'intervention' or ${t.holdEndsAt} >= ${t.reservedAt} + interval '${number(minRealHoldSeconds)} seconds'`,
    ),
    check(
      'two_people_release_where_it_is_required',
      sql`not ${t.needsTwoPeople} or ${t.counterSignatureId} is not null`,
    ),
    check(
      'an_intervention_fills_a_slot',
      sql`${t.purpose} <> 'intervention' or (${t.trialId} is not null and ${t.slotOrdinal} is not null)`,
    ),
    check(
      'a_declaration_goes_to_its_server',
      sql`(${t.requestType} = ${sql.raw(literal(enforcementType))}) = (${t.declarationsUrl} is not null and ${t.declarationsKeySha256} is not null)`,
    ),
  ],
)

/** Append-only: the events of a command. */
export const commandEvents = pgTable(
  'command_events',
  {
    id: serialId(),
    commandUuid: uuid('command_uuid')
      .notNull()
      .references(() => commands.commandUuid),
    kind: text('kind').notNull(),
    at: time('at').notNull(),
    byName: text('by_name').notNull(),
    text: text('text').notNull().default(''),
    data: jsonb('data').$type<Record<string, unknown>>().notNull().default(sql`'{}'::jsonb`),
  },
  (t) => [index('command_events_by_command').on(t.commandUuid, t.id)],
)

export const rawEventReadStates = [
  'unread',
  'read',
  'unreadable',
  'unmatched',
  'duplicate',
] as const

/** How an event came to this lab: a webhook has posted it, or it was read from the reports that a server of declarations has kept. */
export const rawEventSources = ['webhook', 'keptReport'] as const

/** Every webhook body as received, and every kept report as read. The bytes never change; what was read from them is stored beside them. */
export const rawEvents = pgTable(
  'raw_events',
  {
    id: serialId(),
    mdmServerId: uuid('mdm_server_id')
      .notNull()
      .references(() => mdmServers.id),
    receivedAt: time('received_at').notNull(),
    body: bytea('body').notNull(),
    sha256: text('sha256').notNull(),
    readState: text('read_state', { enum: rawEventReadStates }).notNull().default('unread'),
    readAt: time('read_at'),
    /** Why it could not be read or matched. */
    reason: text('reason'),
    topic: text('topic'),
    /** The MDM server's created_at: the order of events, never the order of arrival. */
    createdAt: time('created_at'),
    enrollmentId: text('enrollment_id'),
    commandUuid: text('command_uuid'),
    status: text('status'),
    payload: bytea('payload'),
    payloadSha256: text('payload_sha256'),
    oddities: jsonb('oddities').$type<{ path: string; note: string }[]>(),
    duplicateOf: bigint('duplicate_of', { mode: 'number' }),
    deviceId: uuid('device_id').references(() => devices.id),
    trialId: uuid('trial_id').references(() => trials.id),
    simulated: boolean('simulated').notNull().default(false),
    /** Who requested its reprocessing, and when; the database requires both to set it back to unread. */
    rereadAt: time('reread_at'),
    rereadBy: text('reread_by'),
    /** Generated before the first attempt to store it, so that a second attempt after a lost answer stores no second row. */
    receipt: uuid('receipt'),
    /** The enrollment ID of the device that an event is about, for a user channel too; set when it is stored. */
    enrollmentKey: text('enrollment_key'),
    /** Unmatched because no device has that enrollment; the database sets it back to unread when one does. */
    waitsForDevice: boolean('waits_for_device').notNull().default(false),
    /** The kind of event; null until it is read. */
    kind: text('kind', { enum: eventKinds }),
    /** Counted as an answer of its command, by its envelope if the body cannot be read; only once, however often it is read. */
    countedAsAnswer: boolean('counted_as_answer').notNull().default(false),
    source: text('source', { enum: rawEventSources }).notNull().default('webhook'),
    /** Of a kept report: the name that its server gave it, and when that server got it by its own clock. */
    reportId: text('report_id'),
    reportAt: time('report_at'),
  },
  (t) => [
    index('raw_events_unread').on(t.id).where(sql`${t.readState} = 'unread'`),
    index('raw_events_unread_by_device')
      .on(t.mdmServerId, t.enrollmentKey, t.id)
      .where(sql`${t.readState} = 'unread'`),
    index('raw_events_waiting')
      .on(t.mdmServerId, t.enrollmentKey)
      .where(sql`${t.waitsForDevice} and ${t.readState} = 'unmatched'`),
    index('raw_events_by_state').on(t.readState, t.id.desc().nullsFirst()),
    index('raw_events_by_answer').on(t.enrollmentId, t.commandUuid, t.status, t.payloadSha256),
    index('raw_events_by_trial').on(t.trialId, t.id),
    index('raw_events_by_device').on(t.deviceId, t.id.desc().nullsFirst()),
    uniqueIndex('one_row_per_receipt').on(t.receipt),
    // A server that was set up again may give a name again.
    uniqueIndex('one_event_per_kept_report')
      .on(t.mdmServerId, t.enrollmentKey, t.reportId, t.sha256)
      .where(sql`${t.source} = 'keptReport'`),
    check('an_event_has_a_known_source', oneOf(t.source, rawEventSources)),
    check(
      'a_kept_report_has_its_name_and_times',
      sql`case ${t.source} when 'keptReport' then ${t.reportId} is not null and ${t.reportAt} is not null and ${t.createdAt} is not null and ${t.enrollmentKey} is not null else ${t.reportId} is null and ${t.reportAt} is null end`,
    ),
  ],
)

// ── Contact with MDM servers ─────────────────────────────────────────────────────────────────────

/** The result of a check of an MDM server; stored once, and settled once when its minute is over. */
export const serverChecks = pgTable(
  'server_checks',
  {
    id: serialId(),
    mdmServerId: uuid('mdm_server_id')
      .notNull()
      .references(() => mdmServers.id),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    findings: jsonb('findings').$type<ServerFinding[]>().notNull(),
    /** The newest raw event when it began. */
    afterEventId: bigint('after_event_id', { mode: 'number' }).notNull(),
    /** When the first webhook event arrived after it began; null in a settled check if none did. */
    contactAt: time('contact_at'),
    settledAt: time('settled_at'),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    index('server_checks_by_server').on(t.mdmServerId, t.id.desc().nullsFirst()),
    index('server_checks_open').on(t.id).where(sql`${t.settledAt} is null`),
  ],
)

/** The heartbeats of each listener process, which was a part of the web server once. */
export const webHeartbeats = pgTable('web_heartbeats', {
  processId: uuid('process_id').primaryKey(),
  startedAt: time('started_at').notNull(),
  heartbeatAt: time('heartbeat_at').notNull(),
  /** When it ended with nothing left to keep, or what it may have lost became a gap; null while it runs, or was killed. */
  settledAt: time('settled_at'),
})

/** A time in which no events of an MDM server could be received. Only its end is ever changed, once. */
export const observationGaps = pgTable(
  'observation_gaps',
  {
    id: serialId(),
    mdmServerId: uuid('mdm_server_id')
      .notNull()
      .references(() => mdmServers.id),
    beganAt: time('began_at').notNull(),
    endedAt: time('ended_at'),
    reason: text('reason').notNull(),
    /** When it was recorded in the trials under way. */
    markedAt: time('marked_at'),
    recordedAt: time('recorded_at').notNull().defaultNow(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_open_gap_per_server').on(t.mdmServerId).where(sql`${t.endedAt} is null`),
    index('observation_gaps_by_server').on(t.mdmServerId, t.beganAt.desc().nullsFirst()),
    index('observation_gaps_unmarked').on(t.id).where(sql`${t.markedAt} is null`),
    check('a_gap_ends_after_it_began', sql`${t.endedAt} is null or ${t.endedAt} >= ${t.beganAt}`),
    check('an_open_gap_is_not_marked', sql`${t.markedAt} is null or ${t.endedAt} is not null`),
  ],
)

// ── Replies compared with Apple's documentation ──────────────────────────────────────────────────

/**
 * Append-only: one row per reply that was compared with the documentation, whatever the result. It is the
 * denominator of "3 of 3 on 11.3": `judged` has the key paths that were compared.
 */
export const replyChecks = pgTable(
  'reply_checks',
  {
    rawEventId: bigint('raw_event_id', { mode: 'number' })
      .primaryKey()
      .references(() => rawEvents.id),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    trialId: uuid('trial_id').references(() => trials.id),
    requestType: text('request_type', { enum: documentedMessages }).notNull(),
    platform: text('platform', { enum: platforms }).notNull(),
    /** The OS of the device when it answered; null if it is not known, and then nothing was compared. */
    osVersion: text('os_version'),
    /** Why nothing was compared. */
    notCompared: text('not_compared'),
    /** The documentation on which the verdicts rest: lists and dated schema. */
    documentation: text('documentation'),
    judged: text('judged').array().notNull().default(sql`'{}'::text[]`),
    /** The number of findings beyond the maximum stored for one reply. */
    leftOut: integer('left_out').notNull().default(0),
    createdAt: time('created_at').notNull(),
    simulated: boolean('simulated').notNull().default(false),
    /** Fingerprints of the contradictions in this reply, including known ones. */
    found: text('found').array().notNull().default(sql`'{}'::text[]`),
  },
  (t) => [
    index('reply_checks_by_version').on(t.simulated, t.requestType, t.osVersion),
    index('reply_checks_by_trial').on(t.trialId, t.rawEventId),
    check(
      'a_reply_is_compared_for_a_version_or_says_why_not',
      sql`(${t.osVersion} is null) = (${t.notCompared} is not null) and (${t.osVersion} is null) = (${t.documentation} is null)`,
    ),
  ],
)

/**
 * Append-only: a contradiction in replies, once for each device, trial and version; the checks have the
 * number. Device and trial are copied from its check.
 */
export const contradictions = pgTable(
  'contradictions',
  {
    id: serialId(),
    rawEventId: bigint('raw_event_id', { mode: 'number' })
      .notNull()
      .references(() => replyChecks.rawEventId),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    trialId: uuid('trial_id').references(() => trials.id),
    requestType: text('request_type', { enum: documentedMessages }).notNull(),
    platform: text('platform', { enum: platforms }).notNull(),
    osVersion: text('os_version').notNull(),
    path: text('path').notNull(),
    kind: text('kind', { enum: contradictionKinds }).notNull(),
    observed: text('observed').notNull(),
    expected: text('expected').notNull(),
    reason: text('reason').notNull(),
    fingerprint: text('fingerprint').notNull(),
    /** The key path whose comparisons are the denominator. */
    outOf: text('out_of').notNull(),
    cites: jsonb('cites').$type<Citation[]>().notNull(),
    reported: jsonb('reported').$type<Citation[]>().notNull(),
    documentation: text('documentation').notNull(),
    createdAt: time('created_at').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    // A fingerprint holds request type, path, kind and what was observed.
    uniqueIndex('one_row_per_fingerprint_of_a_reply').on(t.rawEventId, t.fingerprint),
    index('contradictions_by_fingerprint').on(t.simulated, t.fingerprint, t.id),
    index('contradictions_by_trial').on(t.trialId, t.id),
    // To find whether it is known for the device already.
    index('contradictions_by_device_and_print').on(t.deviceId, t.fingerprint, t.osVersion),
    // The page of contradictions counts devices; this index has all columns that it needs.
    index('contradictions_by_device').on(
      ...[t.simulated, t.fingerprint, t.deviceId, t.platform, t.osVersion, t.outOf, t.id],
    ),
  ],
)

/**
 * Append-only, written by a trigger on `raw_events`: the state of an event before it was reprocessed, and
 * why. Nothing else may write here, so that no reprocessing goes unrecorded.
 */
export const rawEventRereads = pgTable(
  'raw_event_rereads',
  {
    id: serialId(),
    rawEventId: bigint('raw_event_id', { mode: 'number' })
      .notNull()
      .references(() => rawEvents.id),
    wasState: text('was_state', { enum: rawEventReadStates }).notNull(),
    wasReason: text('was_reason'),
    wasReadAt: time('was_read_at'),
    at: time('at').notNull(),
    byName: text('by_name').notNull(),
  },
  (t) => [index('raw_event_rereads_by_event').on(t.rawEventId, t.id)],
)

/**
 * An update outside a trial: the OS or its build changed, and no released command
 * explains it. Append-only but for its acknowledgement by a lead. Null values were not read.
 */
export const outsideUpdates = pgTable(
  'outside_updates',
  {
    id: serialId(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    fromOs: text('from_os'),
    fromBuild: text('from_build'),
    toOs: text('to_os'),
    toBuild: text('to_build'),
    seenAt: time('seen_at').notNull(),
    recordedAt: time('recorded_at').notNull(),
    source: text('source', { enum: readingSources }).notNull(),
    /** Who entered it. */
    byName: text('by_name'),
    /** The first reading of the new OS. */
    readingId: bigint('reading_id', { mode: 'number' })
      .notNull()
      .references(() => readings.id),
    rawEventId: bigint('raw_event_id', { mode: 'number' }).references(() => rawEvents.id),
    simulated: boolean('simulated').notNull().default(false),
    acknowledgedAt: time('acknowledged_at'),
    acknowledgedBy: text('acknowledged_by'),
  },
  (t) => [
    uniqueIndex('one_loss_per_reading').on(t.readingId),
    index('outside_updates_by_device').on(t.deviceId, t.seenAt.desc().nullsFirst()),
    index('outside_updates_unseen').on(t.simulated, t.id).where(sql`${t.acknowledgedAt} is null`),
    check(
      'a_loss_names_what_changed',
      sql`(${t.fromOs} is not null or ${t.fromBuild} is not null) and (${t.toOs} is not null or ${t.toBuild} is not null)`,
    ),
    check('an_import_is_no_sighting', sql`${t.source} <> 'imported'`),
    check(
      'a_loss_is_seen_by_somebody',
      sql`(${t.acknowledgedAt} is null) = (${t.acknowledgedBy} is null)`,
    ),
  ],
)
