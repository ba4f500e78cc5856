import type { Block, Line } from '@/lib/domain/report/blocks'
import type { Citation } from '@/lib/domain/rules/rule'
import { exactTime } from '@/lib/domain/text/instant'

/** To the second, in UTC. */
export const time = (at: string): string => exactTime(new Date(at))

export const timeOrUnknown = (at: string | null): string => (at === null ? 'unknown' : time(at))

/** What the record does not know is said, and not left out. */
export const orUnknown = (text: string | null): string => text || 'unknown'

/** Where a person could have written something and did not. */
export const orUnwritten = (text: string | null): string => text || 'none was written'

/** Labels with their lines, one below the other. */
export const facts = (rows: Record<string, Line>): Block => ({
  kind: 'facts',
  rows: Object.entries(rows).map(([label, line]) => ({ label, line })),
})

/** @param columns the titles, each with its share of the width */
export const table = (columns: Record<string, number>, rows: Line[][][]): Block => ({
  kind: 'table',
  columns: Object.entries(columns).map(([title, share]) => ({ title, share })),
  rows,
})

export const muted = (line: Line): Block => ({ kind: 'text', muted: true, line })

/** Sources as links in one line. */
export const sources = (cites: readonly Citation[]): Line[] =>
  cites.map(({ label, url }) => ({ text: label, href: url }))

/** "1 reply", "2 replies" */
export const count = (n: number, one: string, many: string): string =>
  `${n} ${n === 1 ? one : many}`

export const quoted = (text: string): string => `“${text}”`
