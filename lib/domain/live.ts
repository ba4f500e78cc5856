/**
 * The lists that an open page can follow. A notice of a device or a trial concerns `devices` or `trials`; the others
 * are named by the triggers of lib/db/sql/guards/notify_list.sql.
 */
export const liveLists = [
  'contradictions',
  'devices',
  'events',
  'notices',
  'people',
  'protocols',
  'radars',
  'releases',
  'servers',
  'trials',
] as const
export type LiveList = (typeof liveLists)[number]
