import type { RequestType } from '@/lib/domain/trial/command-slot'
import type { PlistValue } from './plist/value'
import { note, type Place, rootOf, under } from './plist-fields'
import { readDeviceInformation, readSecurityInfo } from './reply-device'
import { readHeader, readReplyHeader } from './reply-header'
import type { Reply, ReplyHeader, ReplyTo } from './reply-types'
import { readAvailableUpdates, readScheduleResults, readUpdateStatus } from './reply-update'

export { readReplyHeader }

/**
 * Reads a device's reply as the answer to `requestType`, which the caller knows by the CommandUUID:
 * iOS does not say what it answers. Never throws; what is not as documented is in the oddities.
 */
export function interpretReply<R extends RequestType>(
  requestType: R,
  plist: PlistValue,
): ReplyTo<R> {
  const root = rootOf(plist, [])
  const header = readHeader(root)
  const { echoedRequestType } = header
  if (echoedRequestType !== undefined && echoedRequestType !== requestType)
    note(under(root, 'RequestType'), `answers ${echoedRequestType}, but ${requestType} was asked`)
  // The table gives each request type its own reader; the compiler cannot follow the key through it.
  return readers[requestType](root, header) as ReplyTo<R>
}

const readers: { [R in RequestType]: (root: Place, header: ReplyHeader) => Reply } = {
  DeviceInformation: readDeviceInformation,
  SecurityInfo: readSecurityInfo,
  AvailableOSUpdates: readAvailableUpdates,
  OSUpdateStatus: readUpdateStatus,
  ScheduleOSUpdate: readScheduleResults,
}
