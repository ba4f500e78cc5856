import { z } from 'zod'
import type { Oddity, PlistValue } from './plist/value'
import { buildOf, flagOf, nameOf, rootOf, textOf, under, versionOf } from './plist-fields'
import { defined } from './reply-header'

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
 * What a DeclarativeManagement check-in shows about software-update declarations on the device. `active` is
 * undefined if the message shows that the device has configurations, but not which kind they are.
 * https://github.com/apple/device-management/blob/b6202ca/mdm/checkin/declarativemanagement.yaml
 */
export type DeclarationsSeen = { active: boolean | undefined; reason: string }

/** `about` describes the message in words; `seen` is undefined if it shows nothing about software updates. */
export type DeclarationCheckin = { about: string; seen?: DeclarationsSeen }

export function readDeclarationCheckin(plist: PlistValue): DeclarationCheckin {
  const root = rootOf(plist, [])
  const endpoint = textOf(under(root, 'Endpoint'))?.trim() ?? ''
  if (endpoint === 'status') return ofStatus(under(root, 'Data').value)
  const [what, kind, identifier] = endpoint.split('/')
  if (what !== 'declaration')
    return { about: endpoint ? `it asked for ${endpoint}` : 'it names no endpoint' }
  const about = `it fetched the ${kind ?? ''} ${identifier ?? ''}`.trimEnd()
  if (kind !== 'configuration') return { about }
  const reason = `${about}, and the MDM server does not say whether it is for a software update`
  return { about, seen: { active: undefined, reason } }
}

// Only the items that are used. Devices leave items out, and report only those that have changed.
const text = z.string().optional().catch(undefined)
const configuration = z.object({ identifier: text, active: z.unknown(), valid: text })
const status = z.object({
  StatusItems: z.object({
    management: z
      .object({ declarations: z.object({ configurations: z.array(configuration) }) })
      .optional()
      .catch(undefined),
    softwareupdate: z
      .object({
        'pending-version': z.object({ 'target-local-date-time': text }).optional().catch(undefined),
        'install-reason': z
          .object({
            reason: z.array(z.string()).optional().catch(undefined),
            'declaration-id': text,
          })
          .optional()
          .catch(undefined),
      })
      .optional()
      .catch(undefined),
  }),
})
type Items = z.infer<typeof status>['StatusItems']

function ofStatus(data: PlistValue | undefined): DeclarationCheckin {
  if (data?.type !== 'data') return { about: 'a status report without its data' }
  const read = status.safeParse(parsed(data.value))
  if (!read.success) return { about: 'a status report that is not as Apple documents it' }
  const seen = seenIn(read.data.StatusItems)
  return { about: 'a status report', ...(seen && { seen }) }
}

/** An update that a declaration enforces has a target time, or the report names the declaration or the reason. */
function seenIn({ softwareupdate, management }: Items): DeclarationsSeen | undefined {
  const at = softwareupdate?.['pending-version']?.['target-local-date-time']
  const reason = softwareupdate?.['install-reason']
  const id = reason?.['declaration-id']
  if (id) return { active: true, reason: `its status report names the declaration ${id}` }
  if (at) return { active: true, reason: `its status report names the time ${at} to install by` }
  if (reason?.reason?.includes('declaration'))
    return { active: true, reason: 'its status report gives a declaration as the reason' }
  if (!management) return undefined
  const active = management.declarations.configurations.filter(
    (one) => one.active === true && one.valid !== 'invalid',
  )
  if (active.length === 0)
    return { active: false, reason: 'its status report lists no active configuration' }
  const names = active.map(({ identifier }) => identifier ?? 'one without a name').slice(0, 5)
  return {
    active: undefined,
    reason: `its status report lists active configurations (${names.join(', ')}) and not whether one is for a software update`,
  }
}

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
