import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { deviceVerdicts, verdicts, waivers } from '@/lib/db/schema/schema'
import { statement } from '@/lib/db/statements'
import type { Waiver } from '@/lib/domain/rules/rule'
import type { DeviceRow } from './device-facts'

export type Verdict = typeof verdicts.$inferSelect

/** Stores a verdict as it was judged; a stored verdict is never changed. */
export async function insertVerdict(
  db: Db,
  verdict: typeof verdicts.$inferInsert,
): Promise<number> {
  const [inserted] = await db.insert(verdicts).values(verdict).returning({ id: verdicts.id })
  if (!inserted) throw new Error('the verdict was not written')
  return inserted.id
}

export async function findVerdict(db: Db, id: number): Promise<Verdict | undefined> {
  const [verdict] = await db.select().from(verdicts).where(eq(verdicts.id, id))
  return verdict
}

/** The newest verdict of a trial that is the same as the one with this hash. */
export async function findVerdictWithHash(
  db: Db,
  trialId: string,
  hash: string | null,
): Promise<Verdict | undefined> {
  if (hash === null) return undefined
  const [verdict] = await db
    .select()
    .from(verdicts)
    .where(and(eq(verdicts.trialId, trialId), eq(verdicts.hash, hash)))
    .orderBy(desc(verdicts.id))
    .limit(1)
  return verdict
}

/** The trial's newest preview if it is the same, so that looking at a page ten times stores one verdict. */
export async function findSameVerdict(
  db: Db,
  same: { trialId: string; hash: string; staleAt: Date | undefined },
): Promise<number | undefined> {
  const [newest] = await db
    .select()
    .from(verdicts)
    .where(and(eq(verdicts.trialId, same.trialId), eq(verdicts.purpose, 'preview')))
    .orderBy(desc(verdicts.id))
    .limit(1)
  const isSame = newest?.hash === same.hash && newest.staleAt?.getTime() === same.staleAt?.getTime()
  return isSame ? newest.id : undefined
}

export async function findLatestVerdict(db: Db, trialId: string): Promise<Verdict | undefined> {
  const [verdict] = await db
    .select()
    .from(verdicts)
    .where(eq(verdicts.trialId, trialId))
    .orderBy(desc(verdicts.id))
    .limit(1)
  return verdict
}

/** The newest verdict of any trial on a device. */
export async function findLatestVerdictOfDevice(
  db: Db,
  deviceId: string,
): Promise<Verdict | undefined> {
  const [verdict] = await db
    .select()
    .from(verdicts)
    .where(eq(verdicts.deviceId, deviceId))
    .orderBy(desc(verdicts.id))
    .limit(1)
  return verdict
}

/** A stored verdict of the device list, and its version: that of its row. */
export type StaleVerdict = { deviceId: string; version: string }

/**
 * Replaces the verdict that the device list shows; a cache, not evidence.
 * @param version of the one that it replaces, if the device was not locked while it was judged: another one has been written
 *   since, or a mark, of which this verdict may know nothing, so that the device is judged again
 */
export async function putDeviceVerdict(
  db: Db,
  row: typeof deviceVerdicts.$inferInsert,
  version?: string,
): Promise<void> {
  const { deviceId, ...judged } = row
  const hasChanged = sql<boolean>`${deviceVerdicts}.xmin::text <> ${version}`
  const set = { ...judged, judgeAgain: version === undefined ? false : hasChanged }
  await db
    .insert(deviceVerdicts)
    .values(row)
    .onConflictDoUpdate({ target: deviceVerdicts.deviceId, set })
}

/** Marks a device to be judged in the worker's next round, so that reading an event does not wait for all rules. */
export async function judgeAgain(db: Db, deviceId: string): Promise<void> {
  await marking(db, { deviceId })
}
const marking = statement((db, { deviceId }: { deviceId: string }) =>
  db.update(deviceVerdicts).set({ judgeAgain: true }).where(eq(deviceVerdicts.deviceId, deviceId)),
)

/** Devices whose cached verdict is stale, marked, or by another rule set than the one in force; the sweep judges them again. */
export async function listStaleVerdicts(
  db: Db,
  ruleSet: string,
  now: Date,
  limit: number,
): Promise<StaleVerdict[]> {
  return db
    .select({
      deviceId: deviceVerdicts.deviceId,
      version: sql<string>`${deviceVerdicts}.xmin::text`,
    })
    .from(deviceVerdicts)
    .where(
      sql`${deviceVerdicts.judgeAgain} or ${deviceVerdicts.staleAt} <= ${now.toISOString()} or ${deviceVerdicts.ruleSetVersion} <> ${ruleSet}`,
    )
    .limit(limit)
}

/** The waivers of one trial. */
export async function listWaivers(
  db: Db,
  trialId: string,
): Promise<(Waiver & { byId: string; at: Date })[]> {
  return db
    .select({
      ruleId: waivers.ruleId,
      by: waivers.byName,
      reason: waivers.reason,
      byId: waivers.byId,
      at: waivers.at,
    })
    .from(waivers)
    .where(eq(waivers.trialId, trialId))
    .orderBy(asc(waivers.id))
}

/** Stores a waiver. The database refuses a rule that cannot be waived, a second waiver of a rule, and one without a signature. */
export async function insertWaiver(db: Db, waiver: typeof waivers.$inferInsert): Promise<void> {
  await db.insert(waivers).values(waiver)
}

/**
 * Other devices of the same environment and platform that run this OS version and qualify according to the caches, at
 * most `max`. A stale or marked verdict does not count: one signature too many is better than one person using the
 * last device. The caches only narrow the search; the caller judges each device from the record.
 */
export async function listOthersAt(
  db: Db,
  device: Pick<DeviceRow, 'id' | 'simulated' | 'platform'>,
  osVersion: string,
  now: Date,
  max = 20,
): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select d.id
    from devices d
    join current_readings os on os.device_id = d.id and os.field = 'osVersion'
      and os.value #>> '{}' = ${osVersion}
    join device_verdicts v on v.device_id = d.id and v.overall = 'qualified' and not v.judge_again
      and (v.stale_at is null or v.stale_at > ${now.toISOString()})
    where d.id <> ${device.id} and d.simulated = ${device.simulated}
      and d.platform = ${device.platform} and d.retired_at is null
    order by d.id limit ${max}`)
  return rows.map(({ id }) => id)
}
