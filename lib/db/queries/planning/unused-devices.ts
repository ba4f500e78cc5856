import { and, asc, eq, not, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db } from '@/lib/db/client'
import { countedDevices, deviceCounts } from '@/lib/db/schema/device-counts'
import { inList, literal } from '@/lib/db/schema/rule-sql'
import { currentReadings, devices } from '@/lib/db/schema/schema'
import { isUnusedOs } from '@/lib/db/schema/unused-os'
import { type Environment, type Platform, platforms } from '@/lib/domain/device/device'
import { type PasscodeState, passcodeStates } from '@/lib/domain/device/passcode'
import type { UnusedDevice } from '@/lib/domain/planning/coverage'
import type { LabDevice } from '@/lib/domain/planning/lab-budget'
import type { ReadingField } from '@/lib/domain/reading/reading'
import { shownText } from '@/lib/domain/text/typed-text'
import { liveTrialStates } from '@/lib/domain/trial/trial'

// What these conditions read are the current readings, however old: a plan is made days before a trial, and the
// release judges the device again by fresh ones.

/** The tag on a device, or its name. */
export const tagOf = sql<string>`coalesce(${devices.labTag}, ${devices.name})`

/** What a reading says of the passcode; an Apple TV has none. */
const passcodeOf = (value: SQL): SQL<PasscodeState> => sql`case
  when ${devices.platform} = 'tvOS' then 'notApplicable'
  else coalesce(case ${value} when 'true' then 'set' when 'false' then 'notSet' end, 'unknown') end`

/** By the current reading. */
export const passcodeNow: SQL<PasscodeState> = passcodeOf(
  sql`(select r.value from current_readings r where r.device_id = ${devices.id} and r.field = 'passcodePresent')`,
)

/** The OS of a device: its version, its build, and its supplement where it has one. */
const osWithBuild: SQL = sql`current_readings os
  join current_readings build on build.device_id = os.device_id and build.field = 'osBuild'
  left join current_readings extra on extra.device_id = os.device_id and extra.field = 'osSupplementalBuild'`

const hasUnusedBaseline: SQL = sql`(${devices.retiredAt} is null
  and exists (select from ${osWithBuild} where os.device_id = ${devices.id} and ${isUnusedOs}))`

const isInTrial: SQL = sql`exists (select from trials t
  where t.device_id = ${devices.id} and t.state in ${inList(liveTrialStates)})`

/** A device that could begin a trial: with an unused baseline, and in none. */
export const isUnused: SQL = sql`(${hasUnusedBaseline} and not ${isInTrial})`

export const osVersionNow = sql`(select r.value #>> '{}' from current_readings r where r.device_id = ${devices.id} and r.field = 'osVersion')`

/** Versions in what a device answered; a Rapid Security Response is no target (Q8). */
const versionsIn = (value: SQL): SQL => sql`select u ->> 'version' as version
  from jsonb_array_elements(case jsonb_typeof(${value}) when 'array' then ${value} else '[]' end) u
  where u ->> 'version' is not null and u ->> 'securityResponse' is distinct from 'true'`

/** All that a device offered in an answer; null where it was not asked, or its answer was unknown. */
const offeredIn = (value: SQL): SQL<string[] | null> =>
  sql`case jsonb_typeof(${value}) when 'array' then array(${versionsIn(value)}) end`

/** The devices that could run a trial to this version: what the number in a cell of the matrix links to. */
export const canReach = (target: string): SQL =>
  sql`(${isUnused} and exists (select from current_readings r cross join lateral (${versionsIn(sql`r.value`)}) o
    where r.device_id = ${devices.id} and r.field = 'availableUpdates' and o.version = ${target}))`

/** `isHeld` of lib/domain/device/hold, by the clock of the caller. */
export const isHeldAt = (now: Date): SQL =>
  sql`(${devices.holdReason} is not null and coalesce(${devices.holdUntil} > ${now.toISOString()}, true))`

/** All that a device offered when it last answered. */
const offeredNow = sql<
  string[] | null
>`(select ${offeredIn(sql`r.value`)} from current_readings r where r.device_id = ${devices.id} and r.field = 'availableUpdates')`

/** The current reading of a field, joined under a name: a look-up for each of thousands of devices takes several times as long. */
function readingAs<N extends string>(name: N, field: ReadingField) {
  const reading = alias(currentReadings, name)
  const isField = sql`${reading.field} = ${sql.raw(literal(field))}`
  return [reading, and(eq(reading.deviceId, countedDevices.deviceId), isField)] as const
}

type Row = Omit<UnusedDevice, 'offered'> & { offered: string[] | null }

/** Every device that could begin a trial, in one statement; with an ID that one alone, if it could. */
export async function listUnusedDevices(
  db: Db,
  environment: Environment,
  now: Date,
  deviceId?: string,
): Promise<UnusedDevice[]> {
  if (deviceId !== undefined)
    return listDevices(db, environment, now, sql`(${devices.id} = ${deviceId} and ${isUnused})`)
  const rows = await db
    .select({
      ...{ id: devices.id, labTag: tagOf, platform: countedDevices.platform },
      passcode: passcodeOf(sql`passcode.value`),
      ...{ modelIdentifier: devices.modelIdentifier, startVersion: countedDevices.version },
      ...{ offered: offeredIn(sql`updates.value`), reserved: sql<boolean>`${isHeldAt(now)}` },
    })
    .from(countedDevices)
    .innerJoin(devices, eq(devices.id, countedDevices.deviceId))
    .leftJoin(...readingAs('passcode', 'passcodePresent'))
    .leftJoin(...readingAs('updates', 'availableUpdates'))
    .where(
      and(
        eq(countedDevices.simulated, environment === 'simulated'),
        countedDevices.unused,
        not(countedDevices.inTrial),
      ),
    )
  return rows.map(checked)
}

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
      offered: offeredNow,
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
      ...{ id: devices.id, labTag: tagOf, platform: countedDevices.platform },
      ...{ modelIdentifier: devices.modelIdentifier, version: countedDevices.version },
      offered: offeredIn(sql`updates.value`),
      unused: sql<
        boolean | null
      >`case when build.value is not null then ${countedDevices.unused} and not ${countedDevices.inTrial} end`,
    })
    .from(countedDevices)
    .innerJoin(devices, eq(devices.id, countedDevices.deviceId))
    .leftJoin(...readingAs('build', 'osBuild'))
    .leftJoin(...readingAs('updates', 'availableUpdates'))
    .where(eq(countedDevices.simulated, environment === 'simulated'))
    .orderBy(asc(devices.id))
  return rows.map(({ labTag, version, offered, unused, ...row }) => ({
    ...{ ...row, labTag: shownText(labTag), version: version || undefined },
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

/** How many devices with an unused baseline there are at each version: each is one test of it. */
export async function countTestsLeft(db: Db, environment: Environment): Promise<TestsLeft[]> {
  const { simulated, platform, version, unused, inTrial, devices: n } = deviceCounts
  return db
    .select({ platform, version, tests: sql<number>`sum(${n})::int` })
    .from(deviceCounts)
    .where(and(eq(simulated, environment === 'simulated'), unused, not(inTrial)))
    .groupBy(platform, version)
    .orderBy(asc(platform), sql`version_sort_key(${version})`)
}

/** Throws where the database knows a platform or passcode that this version does not. */
function checked({ offered, labTag, ...row }: Row): UnusedDevice {
  if (!platforms.includes(row.platform) || !passcodeStates.includes(row.passcode))
    throw new Error(`unknown platform ${row.platform} or passcode ${row.passcode}`)
  return { ...row, labTag: shownText(labTag), offered: offered ?? undefined }
}
