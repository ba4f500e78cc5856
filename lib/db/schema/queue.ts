import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  doublePrecision,
  index,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { queueEnds, queuePriorities } from '@/lib/domain/planning/queue'
import { minNoteLength } from '@/lib/domain/text/reason'
import { hasWords, oneOf } from './rule-sql'
import { devices, id, protocolVersions, time } from './schema'

/** Who waits for a device, and for which trial. lib/db/sql/guards/guard_queue_entry.sql says what may change. */
export const queueEntries = pgTable(
  'queue_entries',
  {
    id: id(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    protocolVersionId: uuid('protocol_version_id')
      .notNull()
      .references(() => protocolVersions.id),
    priority: text('priority', { enum: queuePriorities }).notNull(),
    /** The order within the queue, which a lead may change; see lib/domain/planning/queue.ts. */
    place: doublePrecision('place').notNull(),
    simulated: boolean('simulated').notNull().default(false),
    joinedAt: time('joined_at').notNull(),
    joinedById: text('joined_by_id').notNull(),
    joinedByName: text('joined_by_name').notNull(),
    endKind: text('end_kind', { enum: queueEnds }),
    endedAt: time('ended_at'),
    endedById: text('ended_by_id'),
    endedByName: text('ended_by_name'),
    endReason: text('end_reason'),
  },
  (t) => [
    uniqueIndex('one_place_in_a_queue_per_person')
      .on(t.deviceId, t.joinedById)
      .where(sql`${t.endKind} is null`),
    index('queue_by_device').on(t.simulated, t.deviceId, t.place).where(sql`${t.endKind} is null`),
    check('a_place_is_of_a_priority', oneOf(t.priority, queuePriorities)),
    check('a_wait_ends_in_one_way', oneOf(t.endKind, queueEnds)),
    check(
      'an_end_of_a_wait_has_a_person',
      sql`(${t.endKind} is null) = (${t.endedAt} is null) and (${t.endKind} is null) = (${t.endedById} is null) and (${t.endKind} is null) = (${t.endedByName} is null)`,
    ),
    check(
      'another_person_ends_a_wait_with_a_reason',
      sql`${t.endKind} is null or ${t.endedById} = ${t.joinedById} or ${hasWords(t.endReason, minNoteLength)}`,
    ),
  ],
)
