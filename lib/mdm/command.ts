import { createHash } from 'node:crypto'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import type { CommandSlotPlan } from '@/lib/domain/trial/protocol'
import { buildPlist, readPlist } from './plist/plist'
import type { Buildable } from './plist/value'
import { rootOf, textOf, under } from './plist-fields'
import type { ExpectedCommand } from './server'

/** Which command to write. `slot` belongs to ScheduleOSUpdate, and to nothing else. */
export type CommandOrder = {
  /** Made by the server that keeps it, never taken from input: NanoMDM's file store uses it as a path. */
  commandUuid: string
  requestType: RequestType
  slot?: CommandSlotPlan | undefined
}

/** The bytes that are stored and sent, and their hash in hex. */
export type BuiltCommand = { plist: Uint8Array; sha256: string }

/**
 * What the lab asks of a device; a key it cannot answer is missing from the reply.
 * https://github.com/apple/device-management/blob/b6202ca/mdm/commands/information.device.yaml
 */
export const deviceQueries = [
  'UDID',
  'OSVersion',
  'BuildVersion',
  // Since 16.1; an older device leaves them out.
  'SupplementalBuildVersion',
  'SupplementalOSVersionExtra',
  'ModelName',
  'Model',
  'ProductName',
  'SerialNumber',
  'DeviceName',
  'DeviceCapacity',
  'AvailableDeviceCapacity',
  'BatteryLevel',
  'IsSupervised',
  'IsMultiUser',
  'AwaitingConfiguration',
  'IsNetworkTethered',
  'WiFiMAC',
] as const

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for a text that has the form of a UUID. A device may answer with any text at all. */
export const isCommandUuid = (text: string): boolean => uuid.test(text)

/** Writes a command as it goes over the wire. Throws on a slot that names no target: that is a bug. */
export function buildCommand({ commandUuid, requestType, slot }: CommandOrder): BuiltCommand {
  if (!isCommandUuid(commandUuid)) throw new Error(`${commandUuid} is not a UUID`)
  if ((requestType === 'ScheduleOSUpdate') !== (slot !== undefined))
    throw new Error(`a slot belongs to ScheduleOSUpdate and to nothing else (${requestType})`)
  const plist = buildPlist({
    Command: { RequestType: requestType, ...argumentsOf(requestType, slot) },
    CommandUUID: commandUuid,
  })
  return { plist, sha256: createHash('sha256').update(plist).digest('hex') }
}

const argumentsOf = (
  requestType: RequestType,
  slot?: CommandSlotPlan,
): Record<string, Buildable> => {
  if (slot) return { Updates: [updateOf(slot)] }
  return requestType === 'DeviceInformation' ? { Queries: [...deviceQueries] } : {}
}

// Without a target the device updates to whatever it likes, and without `Updates` it updates everything:
// https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml
const updateOf = ({ installAction, productKey, productVersion }: CommandSlotPlan) => {
  if (productKey === undefined && productVersion === undefined)
    throw new Error('a slot names a ProductKey or a ProductVersion')
  if (productKey?.trim() === '' || productVersion?.trim() === '')
    throw new Error('a ProductKey and a ProductVersion are not blank')
  return {
    InstallAction: installAction,
    ...(productKey !== undefined && { ProductKey: productKey }),
    ...(productVersion !== undefined && { ProductVersion: productVersion }),
  }
}

/** Why stored bytes are not the command that was reserved; checked right before they leave. Undefined where they are. */
export function commandProblem(plist: Uint8Array, expected: ExpectedCommand): string | undefined {
  const read = readPlist(plist)
  if (!read.ok) return `the stored command cannot be read: ${read.reason}`
  const root = rootOf(read.value, [])
  if (textOf(under(root, 'CommandUUID')) !== expected.commandUuid)
    return `the stored command is not ${expected.commandUuid}`
  if (textOf(under(under(root, 'Command'), 'RequestType')) !== expected.requestType)
    return `the stored command is no ${expected.requestType}`
  return undefined
}
