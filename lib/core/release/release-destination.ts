import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  findDeclarationsBeside,
  findShownServer,
  holdDestination,
} from '@/lib/db/queries/servers/servers'
import type { Command } from '@/lib/db/queries/trials/commands'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { enforcementType } from '@/lib/domain/trial/command-slot'
import { type Destination, declarationsOf, destinationChange } from '@/lib/mdm/destination'
import type { MdmServer } from '@/lib/mdm/server'
import type { MdmServers } from '../shared/mdm-servers'

/**
 * How the command's MDM server differs from the one it was released for; undefined if it does not. The server's
 * row stays locked until the transaction ends.
 */
export async function destinationProblem(tx: Db, command: Command): Promise<string | undefined> {
  const now = await holdPlace(tx, command.mdmServerId, mechanismOf(command))
  if (!now) throw new Error(`command ${command.commandUuid} has no MDM server`)
  const { serverUrl: url, serverKind: kind, serverKeySha256: keySha256 } = command
  const { declarationsUrl, declarationsKeySha256 } = command
  const declarations =
    declarationsUrl === null || declarationsKeySha256 === null
      ? null
      : { url: declarationsUrl, keySha256: declarationsKeySha256 }
  return destinationChange({ url, kind, keySha256, declarations }, now)
}

/** Where something goes through a server, which stays locked until the transaction ends. */
export async function holdPlace(
  tx: Db,
  serverId: string,
  mechanism: 'command' | 'declaration',
): Promise<Destination | undefined> {
  const server = await holdDestination(tx, serverId)
  if (!server || mechanism === 'command') return server
  const declarations = declarationsOf(server, await findDeclarationsBeside(tx, serverId))
  return declarations ? { ...server, declarations } : server
}

const mechanismOf = ({ requestType }: Command) =>
  requestType === enforcementType ? 'declaration' : 'command'

/**
 * The client of the MDM server that a command was released for, for every request about that command. It is made
 * in the transaction that compares the addresses, so that no edit in between can redirect a request.
 */
export async function signedServer(
  db: Db,
  servers: MdmServers,
  command: Command,
): Promise<{ server: MdmServer } | { problem: string }> {
  return transact(db, systemActor, async (tx) => {
    const problem = await destinationProblem(tx, command)
    if (problem !== undefined) return { problem }
    return { server: await servers(command.mdmServerId, tx) }
  })
}

/**
 * Where a release for this device is sent, or why it cannot be sent. The server's row is locked from here on, so
 * that it cannot change between being signed and being stored.
 */
export async function destinationFor(
  tx: Db,
  device: DeviceRow,
  mechanism: 'command' | 'declaration' = 'command',
): Promise<{ sendsTo: Destination } | { problem: string }> {
  if (device.enrollmentId === null) return { problem: 'the device has no enrollment ID' }
  const sendsTo = device.mdmServerId
    ? await holdPlace(tx, device.mdmServerId, mechanism)
    : undefined
  const server = device.mdmServerId ? await findShownServer(tx, device.mdmServerId) : undefined
  if (!sendsTo || !server) return { problem: 'the device belongs to no MDM server' }
  if (server.stopReason !== null)
    return { problem: `sending through ${server.name} is stopped: ${server.stopReason}` }
  if (server.apiKeySha256 !== sendsTo.keySha256)
    return {
      problem: `the stored API key of ${server.name} does not match its hash: enter it again`,
    }
  if (mechanism === 'declaration' && sendsTo.declarations === undefined)
    return { problem: `${server.name} has no server of declarations` }
  return { sendsTo }
}
