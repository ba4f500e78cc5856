import { beginInstall, installObstacle } from './schedule-os-update'
import type { DeviceSign, DeviceUpdate, Moment, Offer, VirtualDevice } from './virtual-device'
import { drawDuration } from './virtual-device'

type Passed = { device: VirtualDevice; signs: DeviceSign[] }

const dayMs = 24 * 3_600_000

/** When the device next changes by time alone, in virtual ms; undefined if it does not. */
export const dueAt = ({ update }: VirtualDevice): number | undefined => update?.endsAt

const offerOf = (device: VirtualDevice, { productKey }: DeviceUpdate): Offer => {
  const offer = device.offers.find((each) => each.productKey === productKey)
  if (!offer) throw new Error(`${device.labTag} installs ${productKey}, which nobody offered`)
  return offer
}

const finishDownload = (device: VirtualDevice, update: DeviceUpdate): Passed => ({
  device: {
    ...device,
    freeBytes: device.freeBytes - offerOf(device, update).downloadBytes,
    update: { ...update, phase: 'downloaded', endsAt: undefined },
  },
  signs: [],
})

/** Whether a real device tries the next night too is not public. */
const startTonight = (device: VirtualDevice, update: DeviceUpdate, moment: Moment): Passed => ({
  device: installObstacle(device, offerOf(device, update))
    ? { ...device, update: { ...update, endsAt: moment.at + dayMs } }
    : beginInstall(device, moment),
  signs: [],
})

const goDark = (device: VirtualDevice, update: DeviceUpdate, moment: Moment): Passed => {
  const { device: drawn, ms } = drawDuration(device, 'dark', moment)
  return {
    device: { ...drawn, update: { ...update, phase: 'dark', endsAt: moment.at + ms } },
    signs: [],
  }
}

/**
 * The irreversible step: version and build change. That the device then sends a TokenUpdate, polls at once and is
 * unlocked is invented (a real one with a passcode waits for its first unlock).
 */
const comeBack = (device: VirtualDevice, update: DeviceUpdate): Passed => {
  const offer = offerOf(device, update)
  return {
    device: {
      ...device,
      osVersion: offer.version,
      osBuild: offer.build,
      freeBytes: device.freeBytes + offer.downloadBytes,
      owesTokenUpdate: !device.online,
      locked: false,
      installedBy: update.commandUuid,
      update: undefined,
    },
    signs: device.online ? ['sendsTokenUpdate', 'polls'] : [],
  }
}

const endPhase = (device: VirtualDevice, update: DeviceUpdate, moment: Moment): Passed => {
  switch (update.phase) {
    case 'downloading':
      return finishDownload(device, update)
    case 'tonight':
      return startTonight(device, update, moment)
    case 'installing':
      return goDark(device, update, moment)
    case 'dark':
      return comeBack(device, update)
    case 'downloaded':
    case 'prompting':
      throw new Error(`${device.labTag}: ${update.phase} does not end by itself`)
  }
}

/** Performs everything that is due, each thing at its own time and in order. */
export function passTime(device: VirtualDevice, moment: Moment): Passed {
  const due = dueAt(device)
  if (device.update === undefined || due === undefined || due > moment.at)
    return { device, signs: [] }
  const now = endPhase(device, device.update, { ...moment, at: due })
  const later = passTime(now.device, moment)
  return { device: later.device, signs: [...now.signs, ...later.signs] }
}
