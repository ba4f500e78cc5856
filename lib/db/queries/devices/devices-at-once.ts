import { and, inArray, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { commands, devices, deviceVerdicts, trials } from '@/lib/db/schema/schema'
import { liveTrialStates } from '@/lib/domain/trial/trial'
import { isOpen } from '../trials/commands'
import { type Device, type IdentityField, identityFields, type NewDevice } from './devices'

// An import has up to 20,000 devices, so values are passed as one array and not as one parameter each.
const anyUuid = (ids: readonly string[]) => sql`any(${sql.param([...ids])}::uuid[])`
const anyText = (texts: readonly string[]) => sql`any(${sql.param([...texts])}::text[])`

/**
 * Every device with one of these identifiers, given in lower case. Rows are locked in the order of their IDs, so that
 * two imports cannot deadlock.
 */
export async function listNamesakes(
  db: Db,
  lowered: Record<IdentityField, readonly string[]>,
  { lock }: { lock: boolean },
): Promise<Device[]> {
  const same = identityFields.map(
    (field) => sql`lower(${devices[field]}) = ${anyText(lowered[field])}`,
  )
  const found = db
    .select()
    .from(devices)
    .where(or(...same))
    .orderBy(devices.id)
  return lock ? found.for('update') : found
}

/** For each device with a live trial or an open command, that in words; its identity must not change meanwhile. */
export async function listBusyDevices(
  db: Db,
  deviceIds: readonly string[],
): Promise<Map<string, string>> {
  const live = await db
    .select({ deviceId: trials.deviceId, number: trials.number })
    .from(trials)
    .where(
      and(
        sql`${trials.deviceId} = ${anyUuid(deviceIds)}`,
        inArray(trials.state, [...liveTrialStates]),
      ),
    )
  const open = await db
    .select({ deviceId: commands.deviceId, requestType: commands.requestType })
    .from(commands)
    .where(and(sql`${commands.deviceId} = ${anyUuid(deviceIds)}`, isOpen))
  return new Map([
    ...open.map(({ deviceId, requestType }) => [deviceId, `${requestType} is still open`] as const),
    ...live.map(({ deviceId, number }) => [deviceId, `trial T-${number} is under way`] as const),
  ])
}

const rowsAtOnce = 2000

export async function insertDevices(db: Db, news: readonly NewDevice[]): Promise<void> {
  for (let start = 0; start < news.length; start += rowsAtOnce)
    await db.insert(devices).values(news.slice(start, start + rowsAtOnce))
}

type Change = Pick<
  Device,
  | 'id'
  | 'labTag'
  | 'name'
  | 'enrollmentId'
  | 'mdmServerId'
  | 'serial'
  | 'platform'
  | 'modelIdentifier'
  | 'modelName'
  | 'location'
  | 'holder'
  | 'notes'
>

/** Updates many devices in one statement. The caller has locked their rows. */
export async function updateDevices(
  db: Db,
  changes: readonly Change[],
  by: { updatedAt: Date; updatedBy: string },
): Promise<void> {
  if (changes.length === 0) return
  await db.execute(sql`
    update devices d set lab_tag = n."labTag", name = n.name, enrollment_id = n."enrollmentId",
      mdm_server_id = n."mdmServerId", serial = n.serial, platform = n.platform,
      model_identifier = n."modelIdentifier", model_name = n."modelName", location = n.location,
      holder = n.holder, notes = n.notes,
      updated_at = ${by.updatedAt.toISOString()}, updated_by = ${by.updatedBy}
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as n(id uuid, "labTag" text, name text,
      "enrollmentId" text, "mdmServerId" uuid, serial text, platform text, "modelIdentifier" text,
      "modelName" text, location text, holder text, notes text)
    where d.id = n.id`)
}

/** Of these devices, those with a drafted or live trial. */
export async function listDevicesInTrials(db: Db, deviceIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectDistinct({ deviceId: trials.deviceId })
    .from(trials)
    .where(
      and(
        sql`${trials.deviceId} = ${anyUuid(deviceIds)}`,
        inArray(trials.state, ['draft', ...liveTrialStates]),
      ),
    )
  return rows.map(({ deviceId }) => deviceId)
}

/** The rule set version of a device that was not judged. */
const notJudged = ''

/** Shows devices as not judged yet, and marks them as stale so that the sweep judges them. */
export async function awaitVerdicts(
  db: Db,
  deviceIds: readonly string[],
  now: Date,
): Promise<void> {
  const row = {
    overall: 'notYet' as const,
    reason: 'Not judged yet',
    failing: 0,
    unknown: 0,
    warnings: 0,
    ruleSetVersion: notJudged,
    judgedAt: now,
    staleAt: now,
  }
  for (let start = 0; start < deviceIds.length; start += rowsAtOnce)
    await db
      .insert(deviceVerdicts)
      .values(deviceIds.slice(start, start + rowsAtOnce).map((deviceId) => ({ deviceId, ...row })))
      .onConflictDoUpdate({ target: deviceVerdicts.deviceId, set: row })
}
