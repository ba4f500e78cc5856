import type { Catalogue } from '../catalogue/sourced'
import { validTargets } from '../catalogue/targets'
import type { Platform } from '../device/device'
import { parseVersion } from '../device/os-version'
import { hasDeclarations, isRemoved } from '../rules/version-bounds'
import type { SlotMechanism } from '../trial/mechanism'

/**
 * Whether a device at a version can be sent something by a mechanism: a command until OS 27 removes it (Q4), a
 * declaration from the OS on that has them (Q22). What is no version can be neither.
 */
export function canUse(mechanism: SlotMechanism, platform: Platform, version: string): boolean {
  const os = parseVersion(version)
  if (!os) return false
  return mechanism === 'command' ? !isRemoved(os) : hasDeclarations(platform, os)
}

/** The versions that Apple's list for management has for a model at a version, with the days until each ends. */
export type ListedTargets = (
  modelIdentifier: string | null,
  osVersion: string,
) => ReadonlyMap<string, number | undefined> | undefined

/** Looks each model and version up once: a lab has many devices of few models. Undefined where nothing is known. */
export function listedTargets(
  catalogue: Pick<Catalogue, 'listings' | 'listReadOn'>,
  today: string,
): ListedTargets {
  const known = new Map<string, ReturnType<ListedTargets>>()
  return (modelIdentifier, osVersion) => {
    const key = `${modelIdentifier} ${osVersion}`
    if (known.has(key)) return known.get(key)
    const valid = validTargets({ modelIdentifier, osVersion }, catalogue, today)
    const targets =
      valid.status === 'known'
        ? new Map(valid.targets.map(({ version, daysLeft }) => [version, daysLeft]))
        : undefined
    known.set(key, targets)
    return targets
  }
}

/** Devices with what Apple's list has for their model at their version: what can be declared besides what they offer (Q23). */
export function withListed<D extends { modelIdentifier: string | null; startVersion: string }>(
  devices: readonly D[],
  catalogue: Pick<Catalogue, 'listings' | 'listReadOn'>,
  today: string,
): (D & { listed: readonly string[] | undefined })[] {
  const listed = listedTargets(catalogue, today)
  return devices.map((device) => {
    const targets = listed(device.modelIdentifier, device.startVersion)
    return { ...device, listed: targets && [...targets.keys()] }
  })
}
