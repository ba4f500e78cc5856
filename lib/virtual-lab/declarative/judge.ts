import { z } from 'zod'
import { atLeast, compareVersions, parseVersion, version } from '@/lib/domain/device/os-version'
import { declarationBounds } from '@/lib/domain/rules/version-bounds'
import { hasQuirk } from '../quirks'
import {
  drawDuration,
  type Moment,
  type Offer,
  offersNow,
  type VirtualDevice,
  zoneOf,
} from '../virtual-device'
import { targetInstant } from './local-time'
import { type HeldDeclaration, keyOf } from './state'
import { variantOf } from './variants'

const enforcementType = 'com.apple.configuration.softwareupdate.enforcement.specific'

const typed = z.object({ Type: z.string(), Payload: z.unknown() })
const activation = z.object({ StandardConfigurations: z.array(z.string()) })
const enforcement = z.object({
  TargetOSVersion: z.string(),
  TargetBuildVersion: z.string().optional(),
  TargetLocalDateTime: z.string(),
})

/** What an enforcement configuration wants; `instant` is the date in ms by the clock of the device. */
export type Target = { version: string; build?: string | undefined; local: string; instant: number }

/** A reason in `management.declarations`: kmfddm's test data spells its keys in lower case. */
type Reason = { code: string; description: string; details: Record<string, string> }

/** How the device stands to one declaration. */
export type Judged = {
  held: HeldDeclaration
  active: boolean
  valid: 'valid' | 'invalid' | 'unknown'
  reasons: Reason[]
  target?: Target | undefined
}

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** The type of a declaration and its Payload. */
export const contentOf = ({ json }: HeldDeclaration) => typed.safeParse(parsed(json)).data

/** The identifiers of the configurations that an activation names. */
export const activatedBy = (held: readonly HeldDeclaration[]): string[] =>
  held
    .filter(({ kind }) => kind === 'activation')
    .flatMap(
      (one) => activation.safeParse(contentOf(one)?.Payload).data?.StandardConfigurations ?? [],
    )

const targetOf = (device: VirtualDevice, held: HeldDeclaration): Target | undefined => {
  const read = enforcement.safeParse(contentOf(held)?.Payload).data
  const instant = read && targetInstant(read.TargetLocalDateTime, zoneOf(device))
  if (!read || instant === undefined || !parseVersion(read.TargetOSVersion)) return undefined
  const { TargetOSVersion, TargetBuildVersion, TargetLocalDateTime } = read
  return {
    version: TargetOSVersion,
    build: TargetBuildVersion,
    local: TargetLocalDateTime,
    instant,
  }
}

/** The texts are the lab's own; the codes are those of kmfddm's test data and Apple's schema. */
const cannotBeApplied = (why: string): Pick<Judged, 'valid' | 'reasons'> => ({
  valid: 'invalid',
  reasons: [
    {
      code: 'Error.ConfigurationCannotBeApplied',
      description: 'Configuration cannot be applied',
      details: { Error: why },
    },
  ],
})

const notActivated = ({ identifier, serverToken }: HeldDeclaration): Omit<Judged, 'held'> => ({
  active: false,
  valid: 'unknown',
  reasons: [
    {
      code: 'Info.NotReferencedByActivation',
      description: 'Configuration is not referenced by an activation',
      details: { Identifier: identifier, ServerToken: serverToken },
    },
  ],
})

/** Whether its OS has the enforcement of updates by declaration. */
export const enforcesUpdates = ({ platform, osVersion }: VirtualDevice) =>
  atLeast(version(osVersion), declarationBounds[platform].bound)

const whyNot = (
  device: VirtualDevice,
  held: HeldDeclaration,
  target: Target | undefined,
  moment: Moment,
): string | undefined => {
  if (!enforcesUpdates(device)) return `not supported on ${device.platform} ${device.osVersion}`
  if (!target) return 'the payload is not as documented'
  const age = compareVersions(version(target.version), version(device.osVersion))
  if (age < 0) return `${target.version} is older than the installed ${device.osVersion}`
  const isDone = device.declarative?.fulfilled.includes(keyOf(held))
  if (age === 0 && !isDone && variantOf(device, 'sameVersion', moment) === 'refused')
    return `${target.version} is installed already`
  if (age > 0 && !offerFor(device, target) && variantOf(device, 'notOffered', moment) === 'error')
    return `${target.version} is not offered to this device`
  return undefined
}

/** How the device stands to all that it holds. */
export function judgeAll(device: VirtualDevice, moment: Moment): Judged[] {
  const held = device.declarative?.held ?? []
  const activated = activatedBy(held)
  return held.map((one): Judged => {
    if (one.kind !== 'configuration')
      return { held: one, active: true, valid: 'valid', reasons: [] }
    if (!activated.includes(one.identifier)) return { held: one, ...notActivated(one) }
    if (contentOf(one)?.Type !== enforcementType)
      return { held: one, active: true, valid: 'valid', reasons: [] }
    const target = targetOf(device, one)
    const why = whyNot(device, one, target, moment)
    const verdict =
      why === undefined ? { valid: 'valid' as const, reasons: [] } : cannotBeApplied(why)
    return { held: one, active: true, ...verdict, target }
  })
}

/** The enforcement that the device is bound to by now: the earliest date, of those that are newer than what it has. */
export function pursued(
  device: VirtualDevice,
  moment: Moment,
): (Judged & { target: Target }) | undefined {
  return judgeAll(device, moment)
    .flatMap((one) => (one.valid === 'valid' && one.target ? [{ ...one, target: one.target }] : []))
    .filter(({ target }) => compareVersions(version(target.version), version(device.osVersion)) > 0)
    .toSorted((a, b) => a.target.instant - b.target.instant)[0]
}

/** Whether ScheduleOSUpdate is refused because of a declaration (Apple's schema, system.update.schedule.yaml at 26). */
export const enforcementActive = (device: VirtualDevice, moment: Moment): boolean =>
  judgeAll(device, moment).some(({ valid, target }) => valid === 'valid' && target !== undefined)

/** The update that a target means. Until 26 the version decides over the build, and x.y is the newest x.y.z. */
export function offerFor(device: VirtualDevice, target: Target): Offer | undefined {
  const offers = offersNow(device)
  const ofVersion = offers.filter((one) => one.version === target.version)
  const exact = ofVersion.find(({ build }) => target.build === undefined || build === target.build)
  if (exact) return exact
  if (hasQuirk(device, 'versionBeforeBuild') && ofVersion[0]) return ofVersion[0]
  const isShort = /^\d+\.\d+$/.test(target.version)
  if (!isShort || !hasQuirk(device, 'shortVersionIsNewest')) return undefined
  return offers
    .filter((one) => one.version.startsWith(`${target.version}.`))
    .toSorted((a, b) => compareVersions(version(b.version), version(a.version)))[0]
}

/**
 * When the device enforces it, virtual ms. A date that had passed when the declaration arrived, or while the device was
 * off, is enforced about an hour after that (Fleet, pull request 27492; Microsoft).
 */
export function enforcedAt(
  device: VirtualDevice,
  { held, target }: { held: HeldDeclaration; target: Target },
  moment: Moment,
): number {
  const { ms: hour } = drawDuration({ ...device, draws: 0 }, 'aboutAnHour', moment)
  const given = held.arrivedAt + target.instant - held.arrivedMs
  const due = given > held.arrivedAt ? given : held.arrivedAt + hour
  const startedAt = device.declarative?.startedAt
  return startedAt !== undefined && startedAt >= given ? Math.max(due, startedAt + hour) : due
}
