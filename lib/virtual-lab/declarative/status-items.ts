import { z } from 'zod'
import { atLeast, version } from '@/lib/domain/device/os-version'
import { hasQuirk } from '../quirks'
import { type Moment, offersNow, type VirtualDevice, zoneOf } from '../virtual-device'
import { activatedBy, contentOf, enforcesUpdates, type Judged, judgeAll, pursued } from './judge'
import { spacedText, utcText, withOffset } from './local-time'
import type { HeldDeclaration } from './state'
import { variantOf } from './variants'

type Items = Record<string, unknown>

const runs = ({ osVersion }: VirtualDevice, bound: string) => atLeast(version(osVersion), bound)

/** Apple's article orders the states so; the schema's list leaves `waiting` out. */
const installState = ({ update, declarative }: VirtualDevice): string => {
  if (update?.phase === 'installing' || update?.phase === 'dark') return 'installing'
  if (declarative?.standing) return declarative.standing
  if (!update) return 'none'
  return update.phase === 'downloading' ? 'downloading' : 'prepared'
}

const installReason = (device: VirtualDevice, moment: Moment) => {
  const { update } = device
  const goal = pursued(device, moment)
  const declared = goal ? ['declaration'] : []
  const person = update?.startedBy === undefined ? [] : [update.startedBy]
  const alone = person.length > 0 && variantOf(device, 'besideReason', moment) === 'alone'
  const together =
    variantOf(device, 'reasonOrder', moment) === 'declarationLast'
      ? [...person, ...declared]
      : [...declared, ...person]
  const command = update?.commandUuid !== undefined && together.length === 0 ? ['mdm'] : []
  const reason = alone ? person : [...together, ...command]
  const named = goal && hasQuirk(device, 'namesDeclaration') && reason.includes('declaration')
  return { reason, ...(named && { 'declaration-id': goal.held.identifier }) }
}

const dateText = (
  device: VirtualDevice,
  target: { local: string; instant: number },
  moment: Moment,
) => {
  switch (variantOf(device, 'dateText', moment)) {
    case 'local':
      return target.local
    case 'rfc3339':
      return withOffset(target.instant, zoneOf(device))
    case 'spaced':
      return spacedText(target.instant)
  }
}

const pendingVersion = (device: VirtualDevice, moment: Moment) => {
  const { update } = device
  const offer = offersNow(device).find(({ productKey }) => productKey === update?.productKey)
  const target = pursued(device, moment)?.target
  const absent = variantOf(device, 'pendingWithout', moment) === 'absent'
  const names = offer
    ? { 'os-version': offer.version, 'build-version': offer.build }
    : absent
      ? {}
      : { 'os-version': '', 'build-version': '' }
  return { ...names, ...(target && { 'target-local-date-time': dateText(device, target, moment) }) }
}

const failureReason = (device: VirtualDevice, moment: Moment) => {
  const failure = device.declarative?.failure
  if (!failure) return { count: 0 }
  const isLocal = variantOf(device, 'failureTime', moment) === 'offset'
  const timestamp = isLocal ? withOffset(failure.ms, zoneOf(device)) : utcText(failure.ms)
  return { count: failure.count, reason: failure.reason, timestamp }
}

const shownDeclaration = ({ held, active, valid, reasons }: Judged) => ({
  active,
  identifier: held.identifier,
  valid,
  'server-token': held.serverToken,
  ...(reasons.length > 0 && { reasons }),
})

const declarations = (device: VirtualDevice, moment: Moment) => {
  const judged = judgeAll(device, moment)
  const of = (kind: HeldDeclaration['kind']) =>
    judged.filter(({ held }) => held.kind === kind).map(shownDeclaration)
  return {
    activations: of('activation'),
    configurations: of('configuration'),
    assets: of('asset'),
    management: of('management'),
  }
}

const updateItems = (device: VirtualDevice, moment: Moment): Items => ({
  ...(runs(device, '18') && { 'softwareupdate.device-id': device.productName }),
  ...(runs(device, '18') && { 'softwareupdate.beta-enrollment': '' }),
  'softwareupdate.install-state': installState(device),
  'softwareupdate.install-reason': installReason(device, moment),
  'softwareupdate.pending-version': pendingVersion(device, moment),
  'softwareupdate.failure-reason': failureReason(device, moment),
})

const allItems = (device: VirtualDevice, moment: Moment): Items => ({
  'device.identifier.udid': device.enrollmentId,
  ...(runs(device, '16') && { 'device.identifier.serial-number': device.serial }),
  'device.model.identifier': device.productName,
  'device.operating-system.version': device.osVersion,
  'device.operating-system.build-version': device.osBuild,
  'device.operating-system.supplemental.build-version': device.osBuild,
  'device.operating-system.supplemental.extra-version': '',
  'management.declarations': declarations(device, moment),
  ...(enforcesUpdates(device) && updateItems(device, moment)),
})

const capabilities = (device: VirtualDevice, items: Items) => ({
  'supported-versions': ['1.0.0'],
  'supported-payloads': {
    declarations: {
      activations: ['com.apple.activation.simple'],
      assets: [],
      configurations: [
        'com.apple.configuration.management.status-subscriptions',
        ...(enforcesUpdates(device)
          ? ['com.apple.configuration.softwareupdate.enforcement.specific']
          : []),
      ],
      management: ['com.apple.management.properties'],
    },
    'status-items': [...Object.keys(items), 'management.client-capabilities'].sort(),
  },
  'supported-features': {},
})

const subscription = z.object({ StatusItems: z.array(z.object({ Name: z.string() })) })

const subscribedTo = (held: readonly HeldDeclaration[]): string[] => {
  const activated = activatedBy(held)
  return held
    .filter(({ kind, identifier }) => kind === 'configuration' && activated.includes(identifier))
    .flatMap((one) => subscription.safeParse(contentOf(one)?.Payload).data?.StatusItems ?? [])
    .map(({ Name }) => Name)
}

const wholeStatus = (device: VirtualDevice, moment: Moment): Items => {
  const items = allItems(device, moment)
  return { ...items, 'management.client-capabilities': capabilities(device, items) }
}

/** What a report says of items that the device is subscribed to and does not have; the text is the lab's own. */
export function unsupportedItems(device: VirtualDevice, moment: Moment) {
  const known = Object.keys(wholeStatus(device, moment))
  const isKnown = (name: string) =>
    known.some((item) => item === name || item.startsWith(`${name}.`))
  return [...new Set(subscribedTo(device.declarative?.held ?? []))]
    .filter((name) => !isKnown(name))
    .sort()
    .map((name) => ({
      StatusItem: name,
      Reasons: [
        {
          Code: 'Error.UnsupportedStatusValue',
          Description: `Status value (${name}) is not supported`,
          Details: { StatusItem: name },
        },
      ],
    }))
}

/** What the device reports, by item. What is below `management` is reported without a subscription. */
export function statusItems(device: VirtualDevice, moment: Moment): Items {
  const whole = wholeStatus(device, moment)
  if (variantOf(device, 'unsubscribed', moment) === 'reported') return whole
  const wanted = subscribedTo(device.declarative?.held ?? [])
  return Object.fromEntries(
    Object.entries(whole).filter(
      ([item]) =>
        item.startsWith('management.') ||
        wanted.some((name) => item === name || item.startsWith(`${name}.`)),
    ),
  )
}

const isNode = (value: unknown): value is Items => typeof value === 'object' && value !== null

/** `StatusItems` as a report nests them. */
export function nested(items: Items): Items {
  const root: Items = {}
  for (const [item, value] of Object.entries(items)) {
    const path = item.split('.')
    const leaf = path.pop() ?? item
    let at = root
    for (const key of path) {
      const next = at[key]
      const node: Items = isNode(next) ? next : {}
      at[key] = node
      at = node
    }
    at[leaf] = value
  }
  return root
}
