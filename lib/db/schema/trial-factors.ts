import { type SQL, sql } from 'drizzle-orm'
import type { PasscodeState } from '@/lib/domain/device/passcode'
import { knownWrongReadings } from '@/lib/domain/reading/unreliable-readings'
import {
  batteryBands,
  type FactorName,
  noAction,
  noArm,
  unknownValue,
} from '@/lib/domain/trial/factors'
import { hourBands } from '@/lib/domain/trial/hour-band'
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

/** The slots of a version in their order. A command has no mechanism written. */
const slots = sql`jsonb_array_elements(${protocolVersions.plan} -> 'slots') with ordinality slot(plan, place)`
const isDeclared = sql`slot.plan ->> 'mechanism' is not distinct from 'declaration'`

/** What a version intervenes by: `mechanismOf` of lib/domain/trial/mechanism. */
const mechanism: SQL<string> = sql`(select case when bool_and(${isDeclared}) then 'declaration'
  when bool_or(${isDeclared}) then 'both' else 'command' end from ${slots})`

/** The InstallActions of the commands of a version, whatever its arms ask for; “none” where it has no command. */
export const planActions: SQL<string> = sql`coalesce((select string_agg(slot.plan ->> 'installAction', ',' order by slot.place)
  from ${slots}), ${text(noAction)})`

const ofArm = (column: SQL) =>
  sql`(select ${column} from arm_assignments assigned where assigned.trial_id = ${trials.id})`

/** The InstallActions that the arm of a trial asks for; null without such an arm. */
const armActions = sql`(select named.value #>> '{levels,action}'
  from jsonb_array_elements(case when ${protocolVersions.plan} ? 'design' then ${protocolVersions.plan} #> '{design,arms}' else '[]' end) as named(value)
  where named.value ->> 'name' = ${ofArm(sql`assigned.arm`)})`

/** What a trial sends, in its order: the InstallAction of each command, and “declaration” for each declaration. */
export const sentActions: SQL<string> = sql`(select string_agg(coalesce(slot.plan ->> 'mechanism',
    split_part(${armActions}, ',', commands_so_far::int), slot.plan ->> 'installAction'), ',' order by slot.place)
  from (select slot.*, count(*) filter (where not ${isDeclared}) over (order by slot.place) as commands_so_far from ${slots}) slot)`

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
  mechanism,
  action: sql`coalesce(${armActions}, ${planActions})`,
  protocol: sql`${protocolVersions.protocolId}::text`,
  target: sql`coalesce(${targetOf}, ${unknown})`,
  hour: sql`coalesce(${hourBand}, ${unknown})`,
  arm: sql`coalesce(${protocolVersions.protocolId}::text || '/' || ${ofArm(sql`assigned.arm`)}, ${text(noArm)})`,
  assigned: sql`coalesce(${ofArm(sql`assigned.method`)}, ${text(noArm)})`,
  treatment: sql`${treatment}`,
}
