import {
  compareVersions,
  isBuild,
  type OsVersion,
  parseVersion,
  sameVersion,
} from '../device/os-version'
import type { OfferedUpdate } from '../reading/reading'
import { isDeclaration } from './mechanism'
import type { DeclarationSlotPlan, EnforcementTime, SlotPlan } from './protocol'

/** `unclear`: the device left out the version, or sent a build or a blank instead. */
type Match = 'yes' | 'no' | 'unclear'

/** The offered updates that a command slot names. `unclear` offers may or may not be meant. */
export type OfferedTarget = { meant: OfferedUpdate[]; unclear: OfferedUpdate[] }

/** Finds the target of a slot among the updates offered to the device; a slot without a target means any of them. */
export function findOffered(slot: SlotPlan, offers: readonly OfferedUpdate[]): OfferedTarget {
  const by = (match: Match) => offers.filter((offer) => matchOf(slot, offer) === match)
  return { meant: by('yes'), unclear: by('unclear') }
}

function matchOf(slot: SlotPlan, offer: OfferedUpdate): Match {
  const parts: Match[] = []
  if (isDeclaration(slot)) {
    parts.push(versionMatch(slot.targetVersion, offer))
    if (slot.targetBuild !== undefined) parts.push(buildMatch(slot.targetBuild, offer))
  } else {
    if (slot.productKey !== undefined) parts.push(keyMatch(slot.productKey, offer))
    if (slot.productVersion !== undefined) parts.push(versionMatch(slot.productVersion, offer))
  }
  if (parts.includes('no')) return 'no'
  return parts.includes('unclear') ? 'unclear' : 'yes'
}

function keyMatch(key: string, offer: OfferedUpdate): Match {
  const build = buildOfProductKey(key)
  return key === offer.productKey || (build !== undefined && build === offer.build) ? 'yes' : 'no'
}

function buildMatch(wanted: string, { build }: OfferedUpdate): Match {
  if (build === undefined) return 'unclear'
  return build === wanted ? 'yes' : 'no'
}

function versionMatch(wanted: string, offer: OfferedUpdate): Match {
  const same = offer.version === undefined ? undefined : sameVersion(wanted, offer.version)
  if (same === undefined) return 'unclear'
  return same ? 'yes' : 'no'
}

/** Whether an offer is newer than the installed OS; undefined if its version cannot be read. */
export function isNewer(offer: OfferedUpdate, installed: OsVersion): boolean | undefined {
  const version = offer.version === undefined ? undefined : parseVersion(offer.version)
  return version && compareVersions(version, installed) > 0
}

/** Bytes that must be free for it, by Apple's documentation; undefined if the device left out a size. */
export function bytesNeeded({ downloadBytes, installBytes }: OfferedUpdate): number | undefined {
  return downloadBytes === undefined || installBytes === undefined
    ? undefined
    : downloadBytes + installBytes
}

/** When a declaration asks for the install, by the device's own clock. */
export function describeEnforcementTime(when: EnforcementTime): string {
  if (when.kind === 'asSoonAsPossible') return 'as soon as possible'
  const day = ['on the day of the release', 'on the day after the release'][when.daysLater]
  return `at ${when.clock} ${day ?? `${when.daysLater} days after the release`}, local time of the device`
}

function describeDeclaration({ targetVersion, targetBuild, when }: DeclarationSlotPlan): string {
  const build = targetBuild === undefined ? '' : ` (${targetBuild})`
  return `${targetVersion}${build} enforced ${describeEnforcementTime(when)}`
}

/** A slot in the words that an engineer reads before releasing it. */
export function describeSlot(slot: SlotPlan): string {
  if (isDeclaration(slot)) return describeDeclaration(slot)
  const { installAction, productKey, productVersion } = slot
  const names = [productKey, productVersion].filter((name) => name !== undefined)
  return `InstallAction ${installAction} for ${names.length === 0 ? 'whatever is offered' : names.join(' / ')}`
}

/** The same with the version of a product key if the offers show it: a key ("iOSUpdate16B92") only contains the build. */
export function describeSlotAmong(slot: SlotPlan, offers: readonly OfferedUpdate[]): string {
  if (isDeclaration(slot)) return describeSlot(slot)
  const { installAction, productKey, productVersion } = slot
  if (productKey === undefined || productVersion !== undefined) return describeSlot(slot)
  const versions = new Set(findOffered(slot, offers).meant.flatMap(({ version }) => version ?? []))
  const [version] = versions
  return version === undefined || versions.size > 1
    ? describeSlot(slot)
    : `InstallAction ${installAction} for ${version} (${productKey})`
}

/**
 * The build in a product key of iOS or tvOS: 17A576 in "iOSUpdate17A576". Undefined for keys of another form
 * (https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml#L52).
 */
export function buildOfProductKey(key: string): string | undefined {
  const named = /^[A-Za-z]{1,40}Update(\w{1,16})$/.exec(key)?.[1]
  return named !== undefined && isBuild(named) ? named : undefined
}
