import { isInstallError } from './errors'
import { readPlist } from './plist/plist'
import type { PlistReading, PlistValue } from './plist/value'
import { isMissing, rootOf, under } from './plist-fields'
import { readReplyHeader } from './reply-header'

/** Keys of a reply that show its request type: https://github.com/apple/device-management/tree/b6202ca/mdm/commands */
const requestTypesByKey: readonly (readonly [key: string, requestType: string])[] = [
  ['QueryResponses', 'DeviceInformation'],
  ['SecurityInfo', 'SecurityInfo'],
  ['OSUpdateStatus', 'OSUpdateStatus'],
  ['AvailableOSUpdates', 'AvailableOSUpdates'],
  ['ScanInitiated', 'ScheduleOSUpdateScan'],
  ['ProfileList', 'ProfileList'],
  ['ProvisioningProfileList', 'ProvisioningProfileList'],
  ['CertificateList', 'CertificateList'],
  ['InstalledApplicationList', 'InstalledApplicationList'],
  ['ManagedApplicationList', 'ManagedApplicationList'],
  ['GlobalRestrictions', 'Restrictions'],
  ['Settings', 'Settings'],
  ['Users', 'UserList'],
  ['ActivationLockBypassCode', 'ActivationLockBypassCode'],
  ['Identifier', 'InstallApplication'],
]

/**
 * The request type of a command that another program sent, by its reply: as the device names it (macOS and
 * simulators do), or else as the keys of the reply show. Undefined if neither shows it.
 */
export function otherRequestType(plist: PlistReading): string | undefined {
  if (!plist.ok) return undefined
  const { echoedRequestType } = readReplyHeader(plist.value)
  if (echoedRequestType !== undefined) return echoedRequestType
  const root = rootOf(plist.value, [])
  return requestTypesByKey.find(([key]) => !isMissing(under(root, key)))?.[1]
}

/**
 * What in a reply shows that it answers a ScheduleOSUpdate, in words; undefined if nothing does. For replies to
 * commands of other programs: a device does not name the request type, but the keys of its reply show it
 * (https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml).
 */
export function findUpdateAnswer(payload: Uint8Array): string | undefined {
  const plist = readPlist(payload)
  if (plist.ok) return inReply(plist.value)
  // It cannot be parsed; the name of such a key in its bytes is reason enough to look at the device.
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
