import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { custodies, handOvers } from '@/lib/db/schema/custody'
import { devices } from '@/lib/db/schema/schema'

export type CustodyRow = typeof custodies.$inferSelect
export type HandOverRow = typeof handOvers.$inferSelect
type NewCustody = Omit<typeof custodies.$inferInsert, 'id' | 'simulated'>
type NewHandOver = Omit<typeof handOvers.$inferInsert, 'id' | 'simulated'>

export type CustodyState = { open: CustodyRow | undefined; pending: HandOverRow | undefined }

/** Who has a device now, and the hand-over that waits. */
export async function findCustody(db: Db, deviceId: string): Promise<CustodyState> {
  return (await currentCustodies(db, [deviceId])).get(deviceId) ?? nobody
}

const nobody: CustodyState = { open: undefined, pending: undefined }

/** The same of many devices, by device; one that nobody has and that waits for nobody has no entry. */
export async function currentCustodies(
  db: Db,
  deviceIds: readonly string[],
): Promise<Map<string, CustodyState>> {
  if (deviceIds.length === 0) return new Map()
  const ids = sql`any(${sql.param([...deviceIds])}::uuid[])`
  const [open, pending] = await Promise.all([
    db
      .select()
      .from(custodies)
      .where(and(sql`${custodies.deviceId} = ${ids}`, isNull(custodies.endedAt))),
    db
      .select()
      .from(handOvers)
      .where(and(sql`${handOvers.deviceId} = ${ids}`, isNull(handOvers.answer))),
  ])
  const held = new Map(open.map((row) => [row.deviceId, row]))
  const offered = new Map(pending.map((row) => [row.deviceId, row]))
  const known = new Set([...held.keys(), ...offered.keys()])
  return new Map([...known].map((id) => [id, { open: held.get(id), pending: offered.get(id) }]))
}

/** Who has a device, since when and where, and who was offered it. */
type Holder = {
  custody: { holderName: string; since: Date; place: string } | null
  pendingHandOver: { toName: string; offeredByName: string; offeredAt: Date } | null
}

/** The names of `currentCustodies` alone, in one statement; a device without either has no entry. */
export async function listHolders(
  db: Db,
  deviceIds: readonly string[],
): Promise<Map<string, Holder>> {
  const rows = await db.execute<HolderRow>(sql`
    select d.id, c.holder_name, c.since, c.place, h.to_name, h.offered_by_name, h.offered_at
    from unnest(${sql.param([...deviceIds])}::uuid[]) d(id)
    left join custodies c on c.device_id = d.id and c.ended_at is null
    left join hand_overs h on h.device_id = d.id and h.answer is null
    where c.id is not null or h.id is not null`)
  return new Map(rows.map((row) => [row.id, holderOf(row)]))
}

type HolderRow = {
  id: string
  holder_name: string | null
  since: string | null
  place: string | null
  to_name: string | null
  offered_by_name: string | null
  offered_at: string | null
}

// The driver gives times of raw SQL as text. Each half of a row is there or not as a whole.
const holderOf = (row: HolderRow): Holder => ({
  custody:
    row.holder_name === null || row.since === null || row.place === null
      ? null
      : { holderName: row.holder_name, since: new Date(row.since), place: row.place },
  pendingHandOver:
    row.to_name === null || row.offered_by_name === null || row.offered_at === null
      ? null
      : {
          toName: row.to_name,
          offeredByName: row.offered_by_name,
          offeredAt: new Date(row.offered_at),
        },
})

/** Everybody who ever had a device, the newest first. */
export const listCustodies = (db: Db, deviceId: string): Promise<CustodyRow[]> =>
  db.select().from(custodies).where(eq(custodies.deviceId, deviceId)).orderBy(desc(custodies.id))

/** Every hand-over of a device, the newest first. */
export const listHandOvers = (db: Db, deviceId: string): Promise<HandOverRow[]> =>
  db.select().from(handOvers).where(eq(handOvers.deviceId, deviceId)).orderBy(desc(handOvers.id))

export async function insertCustody(db: Db, custody: NewCustody): Promise<void> {
  await db.insert(custodies).values(custody)
}

export async function endCustody(
  db: Db,
  id: number,
  by: { endedAt: Date; endedById: string; endedByName: string },
): Promise<void> {
  await db.update(custodies).set(by).where(eq(custodies.id, id))
}

export async function insertHandOver(db: Db, offer: NewHandOver): Promise<void> {
  await db.insert(handOvers).values(offer)
}

export async function answerHandOverRow(
  db: Db,
  id: number,
  answer: Pick<
    NewHandOver,
    'answer' | 'answeredAt' | 'answeredById' | 'answeredByName' | 'answerReason'
  >,
): Promise<void> {
  await db.update(handOvers).set(answer).where(eq(handOvers.id, id))
}

/** Devices that this person has now. */
export const isHeldBy = (personId: string): SQL =>
  sql`${devices.id} in (select ${custodies.deviceId} from ${custodies}
    where ${custodies.holderId} = ${personId} and ${custodies.endedAt} is null)`

/** Devices that wait for this person's acceptance. */
export const isOfferedTo = (personId: string): SQL =>
  sql`${devices.id} in (select ${handOvers.deviceId} from ${handOvers}
    where ${handOvers.toId} = ${personId} and ${handOvers.answer} is null)`

/** Devices that nobody has. */
export const isUnheld: SQL = sql`not exists (select from ${custodies}
  where ${custodies.deviceId} = ${devices.id} and ${custodies.endedAt} is null)`
