import type { PlistReading } from './plist/value'
import { isMissing, rootOf, under } from './plist-fields'
import { readReplyHeader } from './reply-header'

/** The key by which an answer shows what was asked: https://github.com/apple/device-management/tree/b6202ca/mdm/commands */
const askedBy: readonly (readonly [key: string, requestType: string])[] = [
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
 * What the answer to a command of somebody else was about: its own word where the device gives one
 * (macOS and simulators do), else what its keys show. Undefined where nothing tells.
 */
export function otherRequestType(plist: PlistReading): string | undefined {
  if (!plist.ok) return undefined
  const { echoedRequestType } = readReplyHeader(plist.value)
  if (echoedRequestType !== undefined) return echoedRequestType
  const root = rootOf(plist.value, [])
  return askedBy.find(([key]) => !isMissing(under(root, key)))?.[1]
}
