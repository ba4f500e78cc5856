import { sql } from 'drizzle-orm'
import { boolean, check, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { maxViewName, maxViewQuery, savedPages } from '@/lib/domain/saved-view'
import { hasWords, number, oneOf } from './rule-sql'
import { id, time } from './schema'

/** A name for the filters of a page; its owner's alone, or shared with the lab. It is no part of any record. */
export const savedViews = pgTable(
  'saved_views',
  {
    id: id(),
    name: text('name').notNull(),
    page: text('page', { enum: savedPages }).notNull(),
    /** The filters as an address has them, without the question mark. */
    query: text('query').notNull(),
    shared: boolean('shared').notNull(),
    ownerId: text('owner_id').notNull(),
    ownerName: text('owner_name').notNull(),
    savedAt: time('saved_at').notNull(),
    changedAt: time('changed_at').notNull(),
  },
  (t) => [
    uniqueIndex('one_view_of_a_name_per_person').on(t.ownerId, sql`lower(${t.name})`),
    uniqueIndex('one_shared_view_of_a_name').on(sql`lower(${t.name})`).where(sql`${t.shared}`),
    index('saved_views_by_owner').on(t.ownerId),
    check('a_view_has_a_name', hasWords(t.name, 1)),
    check('a_view_name_is_short', sql`length(${t.name}) <= ${number(maxViewName)}`),
    check('a_view_is_of_a_page', oneOf(t.page, savedPages)),
    check('the_filters_of_a_view_are_short', sql`length(${t.query}) <= ${number(maxViewQuery)}`),
  ],
)
