import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { proofMethods, signatureActs, signatureMeanings } from '../domain/signature'
import { trials, verdicts } from './schema'

/** jsonb that is parsed once, by the driver; lib/db/schema says why. */
const jsonb = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value,
})
const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

// The checks of who, what and how fresh, and the one use of a proof: drizzle/0015_signatures.sql.

/**
 * Who proved once more that it is them, for one act on one record. Append-only but for its one use,
 * which only a signature can write; one that is not used within two minutes never signs anything.
 */
export const proofs = pgTable('proofs', {
  id: uuid('id').primaryKey().defaultRandom(),
  byId: text('by_id').notNull(),
  method: text('method', { enum: proofMethods }).notNull(),
  act: text('act', { enum: signatureActs }).notNull(),
  /** The trial. */
  subjectId: text('subject_id').notNull(),
  at: time('at').notNull(),
  usedAt: time('used_at'),
})

/** Append-only: a rule of the lab that a lead set aside for one trial, by a signature. */
export const waivers = pgTable(
  'waivers',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    ruleId: text('rule_id').notNull(),
    reason: text('reason').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    at: time('at').notNull(),
    signatureId: bigint('signature_id', { mode: 'number' }).notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_waiver_per_rule_of_a_trial').on(t.trialId, t.ruleId),
    uniqueIndex('one_waiver_per_signature').on(t.signatureId),
  ],
)

/** What the last check of a signature found. A cache for the export, never evidence. */
export const signatureChecks = pgTable('signature_checks', {
  signatureId: bigint('signature_id', { mode: 'number' })
    .primaryKey()
    .references(() => signatures.id),
  checkedAt: time('checked_at').notNull(),
  differences: text('differences').array().notNull(),
})

/** Append-only. A signature is never taken back; what undoes an act is another signed act. */
export const signatures = pgTable(
  'signatures',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    act: text('act', { enum: signatureActs }).notNull(),
    meaning: text('meaning', { enum: signatureMeanings }).notNull(),
    byId: text('by_id').notNull(),
    /** Name and role as they were when it was signed. */
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
    /** The command it is about; no reference, as a release is signed before its command is written. */
    commandUuid: uuid('command_uuid'),
    reason: text('reason').notNull().default(''),
    /** What the act itself adds to the record, such as the rule that is waived. */
    details: jsonb('details').$type<Record<string, unknown>>().notNull().default(sql`'{}'::jsonb`),
    /** Canonical JSON of what was signed, and its SHA-256. */
    record: text('record').notNull(),
    recordSha256: text('record_sha256').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_signature_per_proof').on(t.proofId),
    index('signatures_by_trial').on(t.trialId, t.id),
    check(
      'a_release_is_signed_for_a_slot_and_a_verdict',
      sql`${t.act} not in ('release', 'counterSign') or (${t.slotOrdinal} is not null and ${t.verdictId} is not null and ${t.verdictHash} is not null)`,
    ),
  ],
)
