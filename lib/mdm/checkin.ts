import { buildOf, nameOf, versionOf } from './device-words'
import type { Oddity, PlistValue } from './plist/value'
import { flagOf, rootOf, textOf, under } from './plist-fields'
import { defined } from './reply-header'

const checkinKinds = ['Authenticate', 'TokenUpdate', 'CheckOut'] as const
type CheckinKind = (typeof checkinKinds)[number]

/**
 * A check-in message as far as the lab uses it; every key but the kind may be missing. Authenticate
 * empties NanoMDM's queue, TokenUpdate comes again whenever tokens change, CheckOut is only attempted.
 * https://github.com/apple/device-management/tree/b6202ca/mdm/checkin
 */
export type Checkin = {
  kind: CheckinKind
  udid?: string
  /** Apple's EnrollmentID of User Enrollment, not the MDM server's string. */
  appleEnrollmentId?: string
  osVersion?: string
  osBuild?: string
  /** ProductName, e.g. "iPad4,1". */
  productName?: string
  serial?: string
  model?: string
  deviceName?: string
  imei?: string
  meid?: string
  awaitingConfiguration?: boolean
  oddities: Oddity[]
}

/** Undefined for a message of another kind. Never throws. */
export function readCheckinPlist(plist: PlistValue): Checkin | undefined {
  const root = rootOf(plist, [])
  const message = textOf(under(root, 'MessageType'))
  const kind = checkinKinds.find((known) => known === message)
  if (!kind) return undefined
  const text = (key: string) => nameOf(under(root, key))
  return {
    kind,
    oddities: root.oddities,
    ...defined('udid', text('UDID')),
    ...defined('appleEnrollmentId', text('EnrollmentID')),
    ...defined('osVersion', versionOf(under(root, 'OSVersion'))),
    ...defined('osBuild', buildOf(under(root, 'BuildVersion'))),
    ...defined('productName', text('ProductName')),
    ...defined('serial', text('SerialNumber')),
    ...defined('model', text('Model')),
    ...defined('imei', text('IMEI')),
    ...defined('meid', text('MEID')),
    ...defined('deviceName', text('DeviceName')),
    ...defined('awaitingConfiguration', flagOf(under(root, 'AwaitingConfiguration'))),
  }
}
