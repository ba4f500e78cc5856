import type { MdmErrorCode } from './answers'
import type { Moment, Offer, VirtualDevice } from './virtual-device'
import { conditionsOf, drawDuration } from './virtual-device'

/**
 * Fractions 0–1, without a charger only. Invented: Apple documents no minimum, and the lab needs one to give the
 * documented statuses `…InsufficientPower`.
 */
const minBattery = { download: 0.2, install: 0.5 }

/** What an update lacks, as Apple's status and code. */
export type Lack = { status: string; code?: MdmErrorCode }

const lacksPower = (device: VirtualDevice, min: number) => {
  const { plugged, batteryLevel } = conditionsOf(device)
  return device.platform !== 'tvOS' && !plugged && batteryLevel >= 0 && batteryLevel < min
}

/** Why the download cannot start; undefined if it can. Space: download and install size together. */
export function downloadLack(device: VirtualDevice, offer: Offer): Lack | undefined {
  const { freeBytes, network } = conditionsOf(device)
  if (freeBytes < offer.downloadBytes + offer.installBytes)
    return { status: 'DownloadInsufficientSpace', code: 12054 }
  if (lacksPower(device, minBattery.download))
    return { status: 'DownloadInsufficientPower', code: 12055 }
  if (network === 'cellular' || network === 'none')
    return { status: 'DownloadInsufficientNetwork', code: 12056 }
  return undefined
}

/** Why the install cannot start; undefined if it can. */
export function installLack(device: VirtualDevice, offer: Offer): Lack | undefined {
  if (conditionsOf(device).freeBytes < offer.installBytes)
    return { status: 'InstallInsufficientSpace', code: 12060 }
  if (lacksPower(device, minBattery.install))
    return { status: 'InstallInsufficientPower', code: 12061 }
  if (device.faults.phoneCall) return { status: 'InstallPhoneCallInProgress' }
  return undefined
}

/** The device begins to prepare the install, which cannot be stopped from here on. */
export function beginInstall(device: VirtualDevice, moment: Moment): VirtualDevice {
  const { device: drawn, ms } = drawDuration(device, 'prepare', moment)
  if (!drawn.update) throw new Error(`${device.labTag} has no update to install`)
  return {
    ...drawn,
    update: { ...drawn.update, phase: 'installing', endsAt: moment.at + ms },
  }
}
