import { isInstallError } from './errors'
import { readPlist } from './plist/plist'
import type { PlistValue } from './plist/value'
import { isMissing, rootOf, under } from './plist-fields'
import { readReplyHeader } from './reply-header'

/**
 * What in a reply shows that it answers a ScheduleOSUpdate, in words; undefined where nothing does. For
 * replies to commands nobody here wrote: a device does not say what it answers, but its keys do
 * (https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml).
 */
export function findUpdateAnswer(payload: Uint8Array): string | undefined {
  const plist = readPlist(payload)
  if (plist.ok) return inReply(plist.value)
  // Held without being read: the key's name in the bytes is reason enough to look at the device.
  const found = updateKeys.find((key) => Buffer.from(payload).includes(key))
  return found && `it cannot be read, and its bytes hold ${found}`
}

const updateKeys = ['UpdateResults', 'InstallAction']

function inReply(value: PlistValue): string | undefined {
  const root = rootOf(value, [])
  const key = updateKeys.find((name) => !isMissing(under(root, name)))
  if (key !== undefined) return `it holds ${key}`
  const { echoedRequestType, errorChain } = readReplyHeader(value)
  if (echoedRequestType === 'ScheduleOSUpdate') return 'it names ScheduleOSUpdate'
  const error = errorChain.find(
    ({ domain, code }) =>
      domain !== undefined && code !== undefined && isInstallError(domain, code),
  )
  return error && `its error is one of an update (${error.domain} ${error.code})`
}
