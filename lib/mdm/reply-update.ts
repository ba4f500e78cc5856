import type { OfferedUpdate, UpdateActivity } from '@/lib/domain/reading/reading'
import { describeError } from './errors'
import {
  flagOf,
  isDict,
  isMissing,
  itemsOf,
  note,
  type Place,
  realOf,
  textOf,
  under,
  wholeOf,
} from './plist-fields'
import { defined, errorChainOf } from './reply-header'
import type {
  ReplyHeader,
  ReplyTo,
  ReportedReading,
  UpdateResult,
  UpdateStatusItem,
} from './reply-types'

const silent = { readings: [], notReported: [] }

/**
 * What the device offers. iOS 11.3 and 11.4 answer "nothing" with an Error (DeviceManagement.error 2213
 * above softwareupdateservices 3) in place of an empty array: radars 39170807 and 39591791,
 * https://github.com/lionheart/openradar-mirror/issues/19571.
 * Shape: https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.available.yaml
 */
export function readAvailableUpdates(
  root: Place,
  header: ReplyHeader,
): ReplyTo<'AvailableOSUpdates'> {
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
  // A list with a hole in it could lack the very update a rule asks about.
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
    // A blank Version and a build in its place have been seen; both stay as they were sent.
    ...defined('version', textOf(under(item, 'Version'))),
    ...defined('build', textOf(under(item, 'Build'))),
    ...defined('downloadBytes', bytesOf(under(item, 'DownloadSize'))),
    ...defined('installBytes', bytesOf(under(item, 'InstallSize'))),
    ...defined('securityResponse', flagOf(under(item, 'IsSecurityResponse'))),
  }
}

/** Bytes, as integer by the schema and as real by a Mac on 10.12.6 (and by the reference of 2018). */
const bytesOf = (place: Place): number | undefined => {
  const size = wholeOf(place)
  if (size === undefined || (size >= 0 && size <= 1e14)) return size
  note(place, `not understood: a size of ${size} bytes`)
  return undefined
}

/** https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.status.yaml */
export function readUpdateStatus(root: Place, header: ReplyHeader): ReplyTo<'OSUpdateStatus'> {
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

/** A fraction in spite of Apple's name for it. */
const fractionOf = (place: Place): number | undefined => {
  const fraction = realOf(place)
  if (fraction === undefined || (fraction >= 0 && fraction <= 1)) return fraction
  note(place, `not understood: ${fraction} where 0 to 1 is documented`)
  return undefined
}

/** The most advanced thing that goes on. "Tonight" is reported as Installing too (radar 45414727). */
const activityOf = (items: UpdateStatusItem[]): UpdateActivity => {
  const said = (status: string) => items.some(({ statusText }) => statusText === status)
  if (items.length === 0) return 'none'
  if (said('Installing')) return 'installing'
  if (said('Downloading')) return 'downloading'
  return items.every(({ statusText }) => statusText === 'Idle') ? 'idle' : 'other'
}

/**
 * What the device says it does. A claim, never evidence. No UpdateResults is legal: Apple says so of a
 * command that is sent again after the restart kept the device from answering.
 * https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml
 */
export function readScheduleResults(root: Place, header: ReplyHeader): ReplyTo<'ScheduleOSUpdate'> {
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
