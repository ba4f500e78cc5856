import { type SQL, sql } from 'drizzle-orm'
import type { PasscodeState } from '@/lib/domain/device/passcode'
import { knownWrongReadings } from '@/lib/domain/reading/unreliable-readings'
import {
  batteryBands,
  type FactorName,
  hourBands,
  noArm,
  unknownValue,
} from '@/lib/domain/trial/factors'
import { literal } from './rule-sql'
import { devices, protocolVersions, trials } from './schema'

/** The target of the first command of the plan: its ProductVersion or TargetOSVersion, or else its ProductKey. */
export const targetOf: SQL<string | null> =
  sql`coalesce(${protocolVersions.plan} #>> '{slots,0,productVersion}', ${protocolVersions.plan} #>> '{slots,0,targetVersion}', ${protocolVersions.plan} #>> '{slots,0,productKey}')`

const state = trials.startingState
const text = (value: string) => sql.raw(literal(value))
const unknown = text(unknownValue)

/** The passcode in the starting state. An Apple TV cannot have one, which is not the same as unknown. */
export const startPasscode: SQL<PasscodeState> = sql`case
  when ${devices.platform} = 'tvOS' then 'notApplicable'
  when frozen_bool(${state}, 'passcodePresent') then 'set'
  when not frozen_bool(${state}, 'passcodePresent') then 'notSet'
  else ${unknown} end`

const power = sql`case frozen_bool(${state}, 'externalPower')
  when true then 'connected' when false then 'notConnected' else ${unknown} end`

/** Versions on which a device reports its battery wrongly; a person who typed it read it off the screen. */
const batteryIsWrong = sql.join(
  knownWrongReadings
    .filter(({ field }) => field === 'batteryLevel')
    .map(
      ({ from, to }) =>
        sql`(${state} #>> '{batteryLevel,source}' <> 'typed' and version_sort_key(${trials.startOs})
          between version_sort_key(${text(from)}) and version_sort_key(${text(to)}))`,
    ),
  sql` or `,
)

const level = sql`frozen_number(${state}, 'batteryLevel')`
const battery = sql`case
  when ${devices.platform} = 'tvOS' then 'notApplicable'
  when ${level} is null or ${level} < 0 or ${level} > 1 or ${batteryIsWrong} then ${unknown}
  ${sql.join(
    batteryBands.flatMap(({ value, to }) =>
      to === undefined ? [] : [sql`when ${level} < ${sql.raw(String(to))} then ${text(value)}`],
    ),
    sql` `,
  )}
  else ${text(batteryBands[batteryBands.length - 1]?.value ?? unknownValue)} end`

const network = sql`case when ${state} #>> '{network,value}' in ('wifi', 'cellular', 'wired', 'none')
  then ${state} #>> '{network,value}' else ${unknown} end`

/** The InstallActions of a version, with “declaration” for each declaration, whatever its arms ask for. */
export const planActions: SQL<string> = sql`(select string_agg(coalesce(slot.value ->> 'installAction', slot.value ->> 'mechanism'), ',' order by slot.ordinality)
  from jsonb_array_elements(${protocolVersions.plan} -> 'slots') with ordinality slot)`

const ofArm = (column: SQL) =>
  sql`(select ${column} from arm_assignments assigned where assigned.trial_id = ${trials.id})`

const actions = sql`coalesce((select named.value #>> '{levels,action}'
  from jsonb_array_elements(case when ${protocolVersions.plan} ? 'design' then ${protocolVersions.plan} #> '{design,arms}' else '[]' end) as named(value)
  where named.value ->> 'name' = ${ofArm(sql`assigned.arm`)}), ${planActions})`

const hour = sql`extract(hour from ${trials.releasedAt} at time zone 'UTC')`
const hourBand = sql`case ${sql.join(
  hourBands
    .toReversed()
    .map(
      ({ value, hour: from }) => sql`when ${hour} >= ${sql.raw(String(from))} then ${text(value)}`,
    ),
  sql` `,
)} end`

const treatment = sql`case when ${trials.sentAt} is null then ${unknown}
  when exists (select from trials earlier where earlier.device_id = ${trials.deviceId}
    and earlier.consumed and earlier.sent_at < ${trials.sentAt}) then 'retreated'
  else 'naive' end`

/** The value of each factor, for a query over `trials` joined to `devices` and `protocolVersions`; never null. */
export const factorSql: Record<FactorName, SQL<string>> = {
  version: sql`coalesce(${trials.startOs}, ${unknown})`,
  platform: sql`${devices.platform}`,
  model: sql`coalesce(${devices.modelIdentifier}, ${unknown})`,
  passcode: startPasscode,
  power: sql`${power}`,
  battery: sql`${battery}`,
  network: sql`${network}`,
  action: sql`coalesce(${actions}, ${unknown})`,
  protocol: sql`${protocolVersions.protocolId}::text`,
  target: sql`coalesce(${targetOf}, ${unknown})`,
  hour: sql`coalesce(${hourBand}, ${unknown})`,
  arm: sql`coalesce(${protocolVersions.protocolId}::text || '/' || ${ofArm(sql`assigned.arm`)}, ${text(noArm)})`,
  assigned: sql`coalesce(${ofArm(sql`assigned.method`)}, ${text(noArm)})`,
  treatment: sql`${treatment}`,
}
