import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { customFieldTypes, maxFieldName } from '@/lib/domain/device/custom-field'
import { minNoteLength } from '@/lib/domain/text/reason'
import { hasWords, number, oneOf } from './rule-sql'
import { devices, id, serialId, time } from './schema'

/** A property that the lab keeps of its devices. It is retired and never deleted; lib/db/sql/guards/guard_custom_field.sql holds its type. */
export const customFields = pgTable(
  'custom_fields',
  {
    id: id(),
    name: text('name').notNull(),
    type: text('type', { enum: customFieldTypes }).notNull(),
    unit: text('unit').notNull(),
    /** Of a choice, in their order. */
    options: text('options').array().notNull(),
    required: boolean('required').notNull(),
    help: text('help').notNull(),
    /** Frozen into each trial at its release. */
    inStartingState: boolean('in_starting_state').notNull(),
    createdAt: time('created_at').notNull(),
    createdById: text('created_by_id').notNull(),
    createdByName: text('created_by_name').notNull(),
    changedAt: time('changed_at').notNull(),
    changedByName: text('changed_by_name').notNull(),
    retiredAt: time('retired_at'),
    retiredByName: text('retired_by_name'),
    retirementReason: text('retirement_reason'),
  },
  (t) => [
    // Retired ones too: their name is in older files and copies.
    uniqueIndex('one_custom_field_per_name').on(sql`lower(${t.name})`),
    check('a_custom_field_has_a_type', oneOf(t.type, customFieldTypes)),
    check('a_custom_field_has_a_name', hasWords(t.name, 1)),
    check('a_custom_field_name_is_short', sql`length(${t.name}) <= ${number(maxFieldName)}`),
    check('a_number_has_the_unit', sql`${t.type} = 'number' or ${t.unit} = ''`),
    check('a_choice_has_options', sql`(${t.type} = 'choice') = (cardinality(${t.options}) >= 2)`),
    check(
      'a_retired_field_says_why',
      sql`(${t.retiredAt} is null) = (${t.retiredByName} is null) and (${t.retiredAt} is null or ${hasWords(t.retirementReason, minNoteLength)})`,
    ),
  ],
)

/**
 * Append-only: the values of a device. Each corrects the one before, so that the rows of one field are a line; the
 * current one is corrected by none. lib/db/sql/guards/guard_device_field_value.sql checks the form.
 */
export const deviceFieldValues = pgTable(
  'device_field_values',
  {
    id: serialId(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    fieldId: uuid('field_id')
      .notNull()
      .references(() => customFields.id),
    /** In the form of `readFieldValue`; null if the value was taken away. */
    value: text('value'),
    correctsId: bigint('corrects_id', { mode: 'number' }),
    /** How it came in. */
    source: text('source', { enum: ['typed', 'imported'] }).notNull(),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    // Of two people who enter a value at once, one is refused.
    uniqueIndex('one_first_value_per_device_and_field')
      .on(t.deviceId, t.fieldId)
      .where(sql`${t.correctsId} is null`),
    uniqueIndex('one_correction_per_value').on(t.correctsId),
    index('device_field_values_by_device').on(t.deviceId, t.fieldId),
    index('device_field_values_by_field').on(t.fieldId, t.value),
    check('a_value_comes_from_somewhere', oneOf(t.source, ['typed', 'imported'])),
  ],
)
