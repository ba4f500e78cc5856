import {
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import type { FileChoices, HeaderMapping } from '@/lib/domain/import/questions'
import type { UsbFacts } from '@/lib/domain/reading/usb-print'
import { oneOf } from './rule-sql'
import { devices, jsonb, serialId, time } from './schema'

/** A file of devices that was imported. It never changes. */
export const deviceImports = pgTable('device_imports', {
  id: uuid('id').primaryKey(),
  importedAt: time('imported_at').notNull(),
  byId: text('by_id').notNull(),
  byName: text('by_name').notNull(),
  fileName: text('file_name').notNull(),
  fileSha256: text('file_sha256').notNull(),
  choices: jsonb('choices').$type<FileChoices>().notNull(),
  mapping: jsonb('mapping').$type<HeaderMapping>().notNull(),
  added: integer('added').notNull(),
  changed: integer('changed').notNull(),
  unchanged: integer('unchanged').notNull(),
  leftOut: integer('left_out').notNull(),
})

/** What a tool printed over USB and a person gave: the facts that were kept of it, and who vouched for whose it is. */
export const usbPrints = pgTable(
  'usb_prints',
  {
    id: serialId(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    facts: jsonb('facts').$type<UsbFacts>().notNull(),
    /** Of the whole text, most of which is not kept. */
    textSha256: text('text_sha256').notNull(),
    /** A person said whose the parts without an identifier are. */
    vouched: boolean('vouched').notNull(),
    answeredAt: time('answered_at').notNull(),
    recordedAt: time('recorded_at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [index('usb_prints_by_device').on(t.deviceId, t.id.desc().nullsFirst())],
)

const importRowKinds = ['new', 'changed', 'same'] as const

/** The devices of an import, and the row of the file each came from. */
export const deviceImportRows = pgTable(
  'device_import_rows',
  {
    importId: uuid('import_id')
      .notNull()
      .references(() => deviceImports.id),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    fileRow: integer('file_row').notNull(),
    kind: text('kind', { enum: importRowKinds }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.importId, t.deviceId] }),
    index('device_import_rows_by_device').on(t.deviceId),
    check('a_row_of_a_file_is_of_a_kind', oneOf(t.kind, importRowKinds)),
  ],
)

/** The meaning of a file's headers as a person chose it, by the set of headers. */
export const importMappings = pgTable('import_mappings', {
  headerKey: text('header_key').primaryKey(),
  mapping: jsonb('mapping').$type<HeaderMapping>().notNull(),
  changedAt: time('changed_at').notNull(),
  changedBy: text('changed_by').notNull(),
})
