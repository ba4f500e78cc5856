import { sql } from 'drizzle-orm'
import { boolean, check, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { platforms } from '@/lib/domain/device/device'

// What the pages count of devices, so that they need not read every device again. Only the database writes these tables:
// lib/db/sql/views/counted_device_fold.sql says what they hold, docs/decisions/109-devices-and-flow-counted-once.md why.

/** What a device counts as. Nothing here depends on the clock. */
const standing = {
  simulated: boolean('simulated').notNull(),
  platform: text('platform', { enum: platforms }).notNull(),
  /** The current reading of its OS version; '' where it is unknown. */
  version: text('version').notNull(),
  /** Whether its OS is a baseline that no trial has consumed. */
  unused: boolean('unused').notNull(),
  /** Whether it is in a live trial. */
  inTrial: boolean('in_trial').notNull(),
  /** Whether it has a reservation, which may have ended. */
  held: boolean('held').notNull(),
  /** What its cached verdict says, which may be stale. */
  qualified: boolean('qualified').notNull(),
}

/** One row for each device that is not retired. No foreign key: whoever holds the head of the trail must not wait for a device. */
export const countedDevices = pgTable('counted_devices', {
  deviceId: uuid('device_id').primaryKey(),
  ...standing,
})

/** How many rows of `counted_devices` are alike. Without devices there is no row. */
export const deviceCounts = pgTable(
  'device_counts',
  { ...standing, devices: integer('devices').notNull() },
  (t) => [
    primaryKey({
      name: 'device_counts_pk',
      columns: [
        ...([t.simulated, t.platform, t.version] as const),
        ...([t.unused, t.inTrial, t.held, t.qualified] as const),
      ],
    }),
    check('a_count_is_of_devices', sql`${t.devices} > 0`),
  ],
)
