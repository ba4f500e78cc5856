import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { minReasonLength } from '@/lib/domain/text/reason'
import { armMethods } from '@/lib/domain/trial/arms'
import { hasWords, oneOf } from './rule-sql'
import { protocolVersions, serialId, time, trials } from './schema'

/**
 * Append-only: the seed that the arms of a version of a protocol are drawn from, one for each environment. Whoever knows
 * it knows the next arm, so the trail and the pages show its SHA-256 until the version is retired.
 */
export const armLists = pgTable(
  'arm_lists',
  {
    id: serialId(),
    protocolVersionId: uuid('protocol_version_id')
      .notNull()
      .references(() => protocolVersions.id),
    simulated: boolean('simulated').notNull(),
    /** The name of the method: lib/domain/trial/arm-list.ts. */
    method: text('method').notNull(),
    /** 64 hexadecimal digits from the generator of the operating system. */
    seed: text('seed').notNull(),
    seedSha256: text('seed_sha256').notNull(),
    drawnAt: time('drawn_at').notNull(),
  },
  (t) => [
    uniqueIndex('one_seed_per_version_and_environment').on(t.protocolVersionId, t.simulated),
    check('a_seed_is_256_bits', sql`${t.seed} ~ '^[0-9a-f]{64}$'`),
    check('a_seed_has_its_hash', sql`${t.seedSha256} = encode(sha256(${t.seed}::bytea), 'hex')`),
  ],
)

/**
 * Append-only: the arm of a trial, assigned while it was drafted and never changed; what was done otherwise is a
 * deviation. lib/db/sql/guards/guard_arm.sql says what may be assigned.
 */
export const armAssignments = pgTable(
  'arm_assignments',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    protocolVersionId: uuid('protocol_version_id')
      .notNull()
      .references(() => protocolVersions.id),
    arm: text('arm').notNull(),
    method: text('method', { enum: armMethods }).notNull(),
    /** Why the arm was chosen. */
    reason: text('reason'),
    /** Of a random assignment: the list, and its place there. */
    listId: bigint('list_id', { mode: 'number' }).references(() => armLists.id),
    stratum: text('stratum'),
    block: integer('block'),
    position: integer('position'),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_arm_per_trial').on(t.trialId),
    uniqueIndex('one_trial_per_position').on(t.listId, t.stratum, t.position),
    index('arm_assignments_by_version').on(t.protocolVersionId, t.simulated),
    check('an_arm_is_assigned_in_a_known_way', oneOf(t.method, armMethods)),
    check(
      'a_random_arm_has_its_place',
      sql`case ${t.method} when 'random'
        then ${t.reason} is null and num_nulls(${t.listId}, ${t.stratum}, ${t.block}, ${t.position}) = 0 and ${t.block} > 0 and ${t.position} > 0
        else ${hasWords(t.reason, minReasonLength)} and num_nonnulls(${t.listId}, ${t.stratum}, ${t.block}, ${t.position}) = 0 end`,
    ),
  ],
)
