import type { OfferedUpdate, UpdateActivity } from '@/lib/domain/reading/reading'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import { describeError } from './errors'
import type { PlistValue } from './plist/value'
import {
  flagOf,
  isDict,
  isMissing,
  itemsOf,
  note,
  type Place,
  realOf,
  rootOf,
  textOf,
  under,
  wholeOf,
} from './plist-fields'
import { readDeviceInformation, readSecurityInfo } from './reply-device'
import { defined, errorChainOf, readHeader, readReplyHeader } from './reply-header'
import type {
  Reply,
  ReplyHeader,
  ReplyTo,
  ReportedReading,
  UpdateResult,
  UpdateStatusItem,
} from './reply-types'

export { readReplyHeader }

/**
 * Reads a device's reply as the answer to `requestType`, which the caller knows from the CommandUUID, as iOS does
 * not name it. Never throws; what differs from Apple's documentation is in the oddities.
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
  // Each request type has its own reader in the table; the compiler cannot infer its type from the key.
  return readers[requestType](root, header) as ReplyTo<R>
}

const readers: { [R in RequestType]: (root: Place, header: ReplyHeader) => Reply } = {
  DeviceInformation: readDeviceInformation,
  SecurityInfo: readSecurityInfo,
  AvailableOSUpdates: readAvailableUpdates,
  OSUpdateStatus: readUpdateStatus,
  ScheduleOSUpdate: readScheduleResults,
}

const silent = { readings: [], notReported: [] }

/**
 * The updates that the device offers. iOS 11.3 and 11.4 report "no update" as an Error (DeviceManagement.error 2213
 * above softwareupdateservices 3) instead of an empty array: radars 39170807 and 39591791,
 * https://github.com/lionheart/openradar-mirror/issues/19571.
 * Shape: https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.available.yaml
 */
function readAvailableUpdates(root: Place, header: ReplyHeader): ReplyTo<'AvailableOSUpdates'> {
  const list = under(root, 'AvailableOSUpdates')
  const base = { ...header, ...silent, requestType: 'AvailableOSUpdates' } as const
  const about = { key: 'AvailableOSUpdates', field: 'availableUpdates' } as const
  if (header.status === 'Error' && describeError(header.errorChain).class === 'nothingToDo') {
    note(under(root, 'ErrorChain'), 'an Error that means "no update", read as an empty list')
    return { ...base, updates: [], readings: [{ ...about, value: [] }] }
  }
  if (header.status !== 'Acknowledged') return base
  if (isMissing(list)) return { ...base, notReported: [about] }
  const items = itemsOf(list)?.map(offeredUpdate)
  const updates = items?.filter((item) => item !== undefined)
  // If an item was not understood, the list may lack the very update that a rule looks for.
  const whole = updates !== undefined && updates.length === items?.length
  const reading: ReportedReading = whole
    ? { ...about, value: updates }
    : { ...about, value: undefined, unknownReason: 'AvailableOSUpdates was not understood' }
  return { ...base, ...defined('updates', updates), readings: [reading] }
}

const offeredUpdate = (item: Place): OfferedUpdate | undefined => {
  if (!isDict(item)) return undefined
  const productKey = textOf(under(item, 'ProductKey'))
  if (productKey === undefined || productKey.trim() === '') {
    note(under(item, 'ProductKey'), 'not understood: an update without a key')
    return undefined
  }
  return {
    productKey,
    // Devices have sent a blank Version, and a build in its place; both are kept as sent.
    ...defined('version', textOf(under(item, 'Version'))),
    ...defined('build', textOf(under(item, 'Build'))),
    ...defined('downloadBytes', bytesOf(under(item, 'DownloadSize'))),
    ...defined('installBytes', bytesOf(under(item, 'InstallSize'))),
    ...defined('securityResponse', flagOf(under(item, 'IsSecurityResponse'))),
  }
}

/** A size in bytes: an integer by the schema, a real from a Mac on 10.12.6 (and in the reference of 2018). */
const bytesOf = (place: Place): number | undefined => {
  const size = wholeOf(place)
  if (size === undefined || (size >= 0 && size <= 1e14)) return size
  note(place, `not understood: a size of ${size} bytes`)
  return undefined
}

/** https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.status.yaml */
function readUpdateStatus(root: Place, header: ReplyHeader): ReplyTo<'OSUpdateStatus'> {
  const list = under(root, 'OSUpdateStatus')
  const base = { ...header, ...silent, requestType: 'OSUpdateStatus' } as const
  const about = { key: 'OSUpdateStatus', field: 'updateActivity' } as const
  if (header.status !== 'Acknowledged') return base
  if (isMissing(list)) return { ...base, notReported: [about] }
  const items = itemsOf(list)?.map(statusItem)
  if (!items) {
    const unknownReason = 'OSUpdateStatus was not understood'
    return { ...base, readings: [{ ...about, value: undefined, unknownReason }] }
  }
  const activity = activityOf(items)
  return { ...base, items, activity, readings: [{ ...about, value: activity }] }
}

const statusItem = (item: Place): UpdateStatusItem => {
  isDict(item)
  return {
    ...defined('productKey', textOf(under(item, 'ProductKey'))),
    ...defined('isDownloaded', flagOf(under(item, 'IsDownloaded'))),
    ...defined('downloadFraction', fractionOf(under(item, 'DownloadPercentComplete'))),
    ...defined('statusText', textOf(under(item, 'Status'))),
  }
}

/** DownloadPercentComplete, which is a fraction despite its name. */
const fractionOf = (place: Place): number | undefined => {
  const fraction = realOf(place)
  if (fraction === undefined || (fraction >= 0 && fraction <= 1)) return fraction
  note(place, `not understood: ${fraction} where 0 to 1 is documented`)
  return undefined
}

/** The most advanced activity. An installation scheduled for the night is reported as Installing too (radar 45414727). */
const activityOf = (items: UpdateStatusItem[]): UpdateActivity => {
  const said = (status: string) => items.some(({ statusText }) => statusText === status)
  if (items.length === 0) return 'none'
  if (said('Installing')) return 'installing'
  if (said('Downloading')) return 'downloading'
  return items.every(({ statusText }) => statusText === 'Idle') ? 'idle' : 'other'
}

/**
 * What the device claims to do; not evidence. A reply without UpdateResults is valid: Apple documents it for a
 * command that is sent again after the restart prevented an answer.
 * https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml
 */
function readScheduleResults(root: Place, header: ReplyHeader): ReplyTo<'ScheduleOSUpdate'> {
  const list = under(root, 'UpdateResults')
  const base = { ...header, ...silent, requestType: 'ScheduleOSUpdate' } as const
  if (header.status === 'Acknowledged' && isMissing(list))
    note(list, 'Acknowledged without results')
  return { ...base, ...defined('results', itemsOf(list)?.map(updateResult)) }
}

const updateResult = (item: Place): UpdateResult => {
  isDict(item)
  return {
    ...defined('productKey', textOf(under(item, 'ProductKey'))),
    ...defined('installAction', textOf(under(item, 'InstallAction'))),
    ...defined('statusText', textOf(under(item, 'Status'))),
    errorChain: errorChainOf(under(item, 'ErrorChain')),
  }
}
