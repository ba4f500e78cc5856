import type { WireDict } from './wire'
import { writePlist } from './wire'

/** A command as a server enqueues it. */
export const commandPlist = (commandUuid: string, requestType: string, rest: WireDict = {}) =>
  writePlist({ CommandUUID: commandUuid, Command: { RequestType: requestType, ...rest } })
