import { and, asc, count, eq } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { armAssignments } from '@/lib/db/schema/arms'
import { commands, devices, mdmServers, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { planInArm } from '@/lib/domain/trial/arms'
import { isOpen } from './commands'

/** More than a lab has, as there is at most one for each device. */
const max = 200

const unconfirmed = (environment: Environment) =>
  and(
    eq(commands.purpose, 'intervention'),
    eq(commands.state, 'unconfirmed'),
    isOpen,
    eq(commands.simulated, environment === 'simulated'),
  )

export type UnconfirmedSend = Awaited<ReturnType<typeof listUnconfirmed>>[number]

/**
 * Unconfirmed update commands that are neither answered nor abandoned, the oldest first, with their device and MDM
 * server.
 */
export const listUnconfirmed = async (db: Db, environment: Environment) => {
  const rows = await db
    .select({
      command: commands,
      trialNumber: trials.number,
      plan: protocolVersions.plan,
      arm: armAssignments.arm,
      deviceId: devices.id,
      labTag: devices.labTag,
      deviceName: devices.name,
      lastSeenAt: devices.lastSeenAt,
      serverName: mdmServers.name,
      serverKind: mdmServers.kind,
    })
    .from(commands)
    .innerJoin(trials, eq(trials.id, commands.trialId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .leftJoin(armAssignments, eq(armAssignments.trialId, trials.id))
    .innerJoin(devices, eq(devices.id, commands.deviceId))
    .innerJoin(mdmServers, eq(mdmServers.id, devices.mdmServerId))
    .where(unconfirmed(environment))
    .orderBy(asc(commands.sendingAt), asc(commands.commandUuid))
    .limit(max)
  return rows.map(({ arm, plan, ...row }) => ({ ...row, plan: planInArm(plan, arm ?? undefined) }))
}

export async function countUnconfirmed(db: Db, environment: Environment): Promise<number> {
  const [row] = await db.select({ value: count() }).from(commands).where(unconfirmed(environment))
  return row?.value ?? 0
}
