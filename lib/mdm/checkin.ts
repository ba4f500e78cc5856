import { type DeclarationEventKind, declarationKinds } from '@/lib/domain/declaration/status-claims'
import type { Oddity, PlistValue } from './plist/value'
import { buildOf, flagOf, nameOf, rootOf, textOf, under, versionOf } from './plist-fields'
import { defined } from './reply-header'
import { type ReadStatusReport, readStatusReport } from './status-report'

const checkinKinds = ['Authenticate', 'TokenUpdate', 'CheckOut'] as const
type CheckinKind = (typeof checkinKinds)[number]

/**
 * The keys of a check-in message that the lab uses; all but the kind may be missing. An Authenticate empties
 * NanoMDM's queue, a TokenUpdate is sent again whenever tokens change, and a CheckOut may never arrive.
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

/** Reads an Authenticate, TokenUpdate or CheckOut; undefined for any other message. Never throws. */
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

/**
 * A DeclarativeManagement check-in: what the device asks for or reports. The webhook has the question only, never what the
 * MDM server answered, and is posted for a refused one too: asking is not having.
 * https://github.com/apple/device-management/blob/b6202ca/mdm/checkin/declarativemanagement.yaml
 */
export type DeclarationCheckin = {
  kind: DeclarationEventKind
  /** Of a declaration that is asked for; whatever follows its kind, slashes included. */
  identifier?: string
  /** The endpoint as sent, if it is none that Apple documents. */
  endpoint?: string
  udid?: string
  /** Of `status` only. */
  report?: ReadStatusReport
}

/** Longer ones are cut, because a device can send any length; the bytes have all of it. */
const maxIdentifierLength = 512

/** Never throws; a report that cannot be read says why. */
export function readDeclarationCheckin(plist: PlistValue): DeclarationCheckin {
  const root = rootOf(plist, [])
  const udid = defined('udid', nameOf(under(root, 'UDID')))
  const endpoint = (textOf(under(root, 'Endpoint')) ?? '')
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(/\p{Cs}/gu, '\uFFFD')
    .trim()
  if (endpoint === 'tokens') return { kind: 'tokens', ...udid }
  if (endpoint === 'declaration-items') return { kind: 'items', ...udid }
  if (endpoint === 'status')
    return { kind: 'status', ...udid, report: reportIn(under(root, 'Data').value) }
  const [, name, rest] = /^declaration\/([^/]+)\/(.+)$/s.exec(endpoint) ?? []
  const kind = declarationKinds.find((one) => one === name)
  if (kind && rest) return { kind, ...udid, identifier: rest.slice(0, maxIdentifierLength) }
  return { kind: 'other', ...udid, endpoint: endpoint.slice(0, maxIdentifierLength) }
}

const reportIn = (data: PlistValue | undefined): ReadStatusReport =>
  data?.type === 'data'
    ? readStatusReport(data.value)
    : { ok: false, reason: 'the check-in has no data' }
