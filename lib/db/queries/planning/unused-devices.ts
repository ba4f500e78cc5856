import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { inList } from '@/lib/db/schema/rule-sql'
import { devices } from '@/lib/db/schema/schema'
import { type Environment, type Platform, platforms } from '@/lib/domain/device/device'
import { type PasscodeState, passcodeStates } from '@/lib/domain/device/passcode'
import type { UnusedDevice } from '@/lib/domain/planning/coverage'
import type { LabDevice } from '@/lib/domain/planning/lab-budget'
import { shownText } from '@/lib/domain/text/typed-text'
import { liveTrialStates } from '@/lib/domain/trial/trial'

// What these conditions read are the current readings, however old: a plan is made days before a trial, and the
// release judges the device again by fresh ones.

/** The tag on a device, or its name. */
export const tagOf = sql<string>`coalesce(${devices.labTag}, ${devices.name})`

/** The current reading of the passcode; an Apple TV has none. */
export const passcodeNow: SQL<PasscodeState> = sql`case
  when ${devices.platform} = 'tvOS' then 'notApplicable'
  else coalesce((select case r.value when 'true' then 'set' when 'false' then 'notSet' end
    from current_readings r where r.device_id = ${devices.id} and r.field = 'passcodePresent'), 'unknown') end`

/** The OS of a device: its version, its build, and its supplement where it has one. */
const osWithBuild: SQL = sql`current_readings os
  join current_readings build on build.device_id = os.device_id and build.field = 'osBuild' and build.value is not null
  left join current_readings extra on extra.device_id = os.device_id and extra.field = 'osSupplementalBuild'`

/**
 * That no trial has consumed this OS as its baseline (Q15): by build, and by the supplement where both are known. A version without the
 * command has declarations, so whichever it is, it is one test.
 */
const isUnusedOs: SQL = sql`(os.field = 'osVersion' and os.version_key is not null
  and not exists (select from trials t where t.device_id = os.device_id and t.consumed
    and t.start_build = build.value #>> '{}'
    and not coalesce(extra.value #>> '{}' <> t.starting_state #>> '{osSupplementalBuild,value}', false)))`

const hasUnusedBaseline: SQL = sql`(${devices.retiredAt} is null
  and exists (select from ${osWithBuild} where os.device_id = ${devices.id} and ${isUnusedOs}))`

const isInTrial: SQL = sql`exists (select from trials t
  where t.device_id = ${devices.id} and t.state in ${inList(liveTrialStates)})`

/** A device that could begin a trial: with an unused baseline, and in none. */
export const isUnused: SQL = sql`(${hasUnusedBaseline} and not ${isInTrial})`

export const osVersionNow = sql`(select r.value #>> '{}' from current_readings r where r.device_id = ${devices.id} and r.field = 'osVersion')`

/** Versions that a device offered when it last answered; a Rapid Security Response is no target (Q8). */
const offered = (where: SQL = sql`true`): SQL => sql`select u ->> 'version' as version
  from current_readings r, jsonb_array_elements(case jsonb_typeof(r.value) when 'array' then r.value else '[]' end) u
  where r.device_id = ${devices.id} and r.field = 'availableUpdates'
    and u ->> 'version' is not null and u ->> 'securityResponse' is distinct from 'true' and ${where}`

/** The devices that could run a trial to this version: what the number in a cell of the matrix links to. */
export const canReach = (target: string): SQL =>
  sql`(${isUnused} and exists (${offered(sql`u ->> 'version' = ${target}`)}))`

/** `isHeld` of lib/domain/device/hold, by the clock of the caller. */
export const isHeldAt = (now: Date): SQL =>
  sql`(${devices.holdReason} is not null and coalesce(${devices.holdUntil} > ${now.toISOString()}, true))`

/** All that a device offered when it last answered; null where it was not asked, or its answer was unknown. */
const allOffered = sql<
  string[] | null
>`(select case jsonb_typeof(r.value) when 'array' then array(${offered()}) end
  from current_readings r where r.device_id = ${devices.id} and r.field = 'availableUpdates')`

type Row = Omit<UnusedDevice, 'offered'> & { offered: string[] | null }

/** Every device that could begin a trial, in one statement; with an ID that one alone, if it could. */
export const listUnusedDevices = (
  db: Db,
  environment: Environment,
  now: Date,
  deviceId?: string,
): Promise<UnusedDevice[]> =>
  listDevices(
    db,
    environment,
    now,
    deviceId === undefined ? isUnused : sql`(${devices.id} = ${deviceId} and ${isUnused})`,
  )

/**
 * A device with an unused baseline, though it may be in a trial that has not sent yet, and the devices at its version
 * that could begin one. The device itself is missing once its baseline is consumed.
 */
export async function listDevicesAtVersionOf(
  db: Db,
  device: { id: string; platform: Platform },
  environment: Environment,
  now: Date,
): Promise<UnusedDevice[]> {
  const [own] = await db
    .select({ version: sql<string | null>`${osVersionNow}` })
    .from(devices)
    .where(eq(devices.id, device.id))
  const beside = sql`(${devices.platform} = ${device.platform} and ${osVersionNow} = ${own?.version ?? null}
    and ((${devices.id} = ${device.id} and ${hasUnusedBaseline}) or ${isUnused}))`
  return listDevices(db, environment, now, beside)
}

async function listDevices(
  db: Db,
  environment: Environment,
  now: Date,
  which: SQL,
): Promise<UnusedDevice[]> {
  const rows = await db
    .select({
      id: devices.id,
      labTag: tagOf,
      platform: devices.platform,
      passcode: passcodeNow,
      modelIdentifier: devices.modelIdentifier,
      startVersion: sql<string>`${osVersionNow}`,
      offered: allOffered,
      reserved: sql<boolean>`${isHeldAt(now)}`,
    })
    .from(devices)
    .where(and(eq(devices.simulated, environment === 'simulated'), which))
  return rows.map(checked)
}

/** Every device in use, with what a budget counts of it; what no reading says is undefined. */
export async function listBudgetDevices(db: Db, environment: Environment): Promise<LabDevice[]> {
  const rows = await db
    .select({
      id: devices.id,
      labTag: tagOf,
      platform: devices.platform,
      modelIdentifier: devices.modelIdentifier,
      version: sql<string | null>`${osVersionNow}`,
      offered: allOffered,
      unused: sql<boolean | null>`case when exists (select from current_readings b
        where b.device_id = ${devices.id} and b.field = 'osBuild' and b.value is not null) then ${isUnused} end`,
    })
    .from(devices)
    .where(and(eq(devices.simulated, environment === 'simulated'), isNull(devices.retiredAt)))
    .orderBy(asc(devices.id))
  return rows.map(({ labTag, version, offered, unused, ...row }) => ({
    ...{ ...row, labTag: shownText(labTag), version: version ?? undefined },
    ...{ offered: offered ?? undefined, unused: unused ?? undefined },
  }))
}

export type ReservedDevice = {
  id: string
  labTag: string
  platform: Platform
  osVersion: string | null
  reason: string
  by: string | null
  until: Date | null
}

/** Devices that a lead keeps for a later question, the first to end first; one without an end is last. */
export async function listReserved(
  db: Db,
  environment: Environment,
  now: Date,
): Promise<ReservedDevice[]> {
  return db
    .select({
      id: devices.id,
      labTag: tagOf,
      platform: devices.platform,
      osVersion: sql<string | null>`${osVersionNow}`,
      reason: sql<string>`${devices.holdReason}`,
      by: devices.heldBy,
      until: devices.holdUntil,
    })
    .from(devices)
    .where(
      and(
        eq(devices.simulated, environment === 'simulated'),
        sql`${devices.retiredAt} is null`,
        isHeldAt(now),
      ),
    )
    .orderBy(asc(devices.holdUntil), asc(devices.id))
}

export type TestsLeft = { platform: Platform; version: string; tests: number }

/**
 * How many devices with an unused baseline there are at each version: each is one test of it. In joins over all devices: a
 * look-up for each of thousands takes three times as long.
 */
export async function countTestsLeft(db: Db, environment: Environment): Promise<TestsLeft[]> {
  const rows = await db.execute<TestsLeft>(sql`
    select ${devices.platform}, os.value #>> '{}' as version, count(*)::int as tests
    from ${osWithBuild} join ${devices} on ${devices.id} = os.device_id
    where ${devices.simulated} = ${environment === 'simulated'} and ${devices.retiredAt} is null
      and ${isUnusedOs} and not ${isInTrial}
    group by ${devices.platform}, version
    order by ${devices.platform}, version_sort_key(os.value #>> '{}')`)
  return [...rows]
}

/** Throws where the database knows a platform or passcode that this version does not. */
function checked({ offered, labTag, ...row }: Row): UnusedDevice {
  if (!platforms.includes(row.platform) || !passcodeStates.includes(row.passcode))
    throw new Error(`unknown platform ${row.platform} or passcode ${row.passcode}`)
  return { ...row, labTag: shownText(labTag), offered: offered ?? undefined }
}
