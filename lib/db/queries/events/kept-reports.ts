import { and, asc, between, eq, ne, notExists } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db } from '@/lib/db/client'
import { declarationEvents } from '@/lib/db/schema/declaration-events'
import { rawEvents } from '@/lib/db/schema/schema'
import { apartMs, sameReportMs } from '@/lib/domain/declaration/kept-reports'

type Enrolled = { mdmServerId: string; enrollmentKey: string }

const ofDevice = ({ mdmServerId, enrollmentKey }: Enrolled) =>
  and(
    eq(rawEvents.source, 'keptReport'),
    eq(rawEvents.mdmServerId, mdmServerId),
    eq(rawEvents.enrollmentKey, enrollmentKey),
  )

/** The kept reports of a device that were read before. */
export async function listReadReports(
  db: Db,
  enrolled: Enrolled,
): Promise<{ reportId: string | null; sha256: string; createdAt: Date | null }[]> {
  const { reportId, sha256, createdAt } = rawEvents
  return db.select({ reportId, sha256, createdAt }).from(rawEvents).where(ofDevice(enrolled))
}

/** The status reports of a device that its webhook brought in this time, as the device sent them. */
export async function listPostedReports(
  db: Db,
  deviceId: string,
  from: Date,
  to: Date,
): Promise<{ rawEventId: number; at: Date; payload: Uint8Array | null }[]> {
  const { rawEventId, at } = declarationEvents
  return db
    .select({ rawEventId, at, payload: rawEvents.payload })
    .from(declarationEvents)
    .innerJoin(rawEvents, eq(rawEvents.id, rawEventId))
    .where(
      and(
        eq(declarationEvents.deviceId, deviceId),
        eq(declarationEvents.kind, 'status'),
        eq(rawEvents.source, 'webhook'),
        between(at, from, to),
      ),
    )
    .orderBy(asc(at), asc(rawEventId))
}

export type NewKeptReport = Enrolled & {
  reportId: string
  reportAt: Date
  /** Its place among the other reports of its device. */
  createdAt: Date
  receivedAt: Date
  body: Uint8Array
  sha256: string
  receipt: string
}

/** Stores kept reports as events that are to be read, in this order; one that is there already is left as it is. */
export async function insertKeptReports(
  db: Db,
  reports: readonly NewKeptReport[],
): Promise<number> {
  if (reports.length === 0) return 0
  const rows = await db
    .insert(rawEvents)
    .values(reports.map((one) => ({ ...one, source: 'keptReport' as const })))
    .onConflictDoNothing()
    .returning({ id: rawEvents.id })
  return rows.length
}

/**
 * The kept report that is the same as one that the webhook posts later: it was read at its server before the post arrived.
 * Each accounts for one post, and for its replays.
 */
export async function findKeptTwin(
  db: Db,
  enrolled: Enrolled,
  posted: { at: Date; reportSha256: string; bodySha256: string },
): Promise<number | undefined> {
  const other = alias(rawEvents, 'other')
  const accountsForOther = db
    .select({ id: other.id })
    .from(other)
    .where(
      and(
        eq(other.deviceId, rawEvents.deviceId),
        eq(other.duplicateOf, rawEvents.id),
        ne(other.sha256, posted.bodySha256),
      ),
    )
  const rows = await db
    .select({ id: rawEvents.id, at: rawEvents.reportAt })
    .from(rawEvents)
    .where(
      and(
        ofDevice(enrolled),
        eq(rawEvents.sha256, posted.reportSha256),
        notExists(accountsForOther),
      ),
    )
  const near = rows
    .map(({ id, at }) => ({ id, apart: at ? apartMs(at, posted.at) : Number.POSITIVE_INFINITY }))
    .filter(({ apart }) => apart <= sameReportMs)
  return near.toSorted((a, b) => a.apart - b.apart)[0]?.id
}
