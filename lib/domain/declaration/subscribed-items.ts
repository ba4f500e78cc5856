import type { Platform } from '../device/device'
import { atLeast, type OsVersion, version } from '../device/os-version'
import { statusItems } from '../documentation/status-items'
import { declarationBounds } from '../rules/version-bounds'

/** What is read of a status report, and what tells which updates a device is offered. */
const wanted = new Set([
  ...['device.identifier.serial-number', 'device.identifier.udid', 'device.model.identifier'],
  ...['device.operating-system.build-version', 'device.operating-system.version'],
  'device.operating-system.supplemental.build-version',
  'device.operating-system.supplemental.extra-version',
  ...['management.client-capabilities', 'management.declarations'],
  ...['softwareupdate.beta-enrollment', 'softwareupdate.device-id'],
  ...['softwareupdate.failure-reason', 'softwareupdate.install-reason'],
  ...['softwareupdate.install-state', 'softwareupdate.pending-version'],
])

/**
 * The status items that a declaration of this lab subscribes a device to: of those wanted, the ones that Apple documents
 * for its OS. Without a known OS, those of the first one that has software-update declarations.
 */
export function subscribedItems(platform: Platform, os: OsVersion | undefined): string[] {
  const runs = os ?? version(declarationBounds[platform].bound)
  return statusItems.flatMap(([name, , , iOS, tvOS]) => {
    const introduced = platform === 'tvOS' ? tvOS : iOS
    return wanted.has(name) && introduced !== undefined && atLeast(runs, introduced) ? [name] : []
  })
}
