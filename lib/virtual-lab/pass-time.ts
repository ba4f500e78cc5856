import { afterInstall, endDeclaredPhase, pursue } from './declarative/pursue'
import { beginInstall, installLack } from './lacks'
import type { DeviceSign, DeviceUpdate, Moment, Offer, VirtualDevice } from './virtual-device'
import { drawDuration, momentAt } from './virtual-device'

type Passed = { device: VirtualDevice; signs: DeviceSign[] }

const dayMs = 24 * 3_600_000

/** When the device next changes by time alone, in virtual ms; undefined if it does not. */
export const dueAt = ({ update, declarative }: VirtualDevice): number | undefined => {
  const [endsAt, retryAt] = [update?.endsAt, declarative?.retryAt]
  if (endsAt === undefined || retryAt === undefined) return endsAt ?? retryAt
  return Math.min(endsAt, retryAt)
}

const offerOf = (device: VirtualDevice, { productKey }: DeviceUpdate): Offer => {
  const offer = device.offers.find((each) => each.productKey === productKey)
  if (!offer) throw new Error(`${device.labTag} installs ${productKey}, which nobody offered`)
  return offer
}

/** What a person has started installs at once, what a declaration has waits for its date, and else a command must come. */
const finishDownload = (device: VirtualDevice, update: DeviceUpdate, moment: Moment): Passed => {
  const offer = offerOf(device, update)
  const downloaded: VirtualDevice = {
    ...device,
    freeBytes: device.freeBytes - offer.downloadBytes,
    update: { ...update, phase: 'downloaded', endsAt: undefined },
  }
  if (update.startedBy !== undefined && !installLack(downloaded, offer))
    return { device: beginInstall(downloaded, moment), signs: [] }
  return { device: pursue(downloaded, moment), signs: [] }
}

/** Whether a real device tries the next night too is not public. */
const startTonight = (device: VirtualDevice, update: DeviceUpdate, moment: Moment): Passed => ({
  device: installLack(device, offerOf(device, update))
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
const comeBack = (device: VirtualDevice, update: DeviceUpdate, moment: Moment): Passed => {
  const offer = offerOf(device, update)
  const back: VirtualDevice = {
    ...device,
    osVersion: offer.version,
    osBuild: offer.build,
    freeBytes: device.freeBytes + offer.downloadBytes,
    owesTokenUpdate: !device.online,
    locked: false,
    installedBy: update.commandUuid,
    update: undefined,
  }
  return {
    device: afterInstall(back, update, moment),
    signs: device.online ? ['sendsTokenUpdate', 'polls'] : [],
  }
}

const endPhase = (device: VirtualDevice, update: DeviceUpdate, moment: Moment): Passed => {
  const declared = update.declaration === undefined ? undefined : endDeclaredPhase(device, moment)
  if (declared) return { device: declared, signs: [] }
  switch (update.phase) {
    case 'downloading':
      return finishDownload(device, update, moment)
    case 'tonight':
      return startTonight(device, update, moment)
    case 'installing':
      return goDark(device, update, moment)
    case 'dark':
      return comeBack(device, update, moment)
    case 'downloaded':
    case 'prompting':
      throw new Error(`${device.labTag}: ${update.phase} does not end by itself`)
  }
}

/** Tries again to download what its declaration wants. */
const retry = (device: VirtualDevice, moment: Moment): Passed => {
  const { declarative } = device
  const free = {
    ...device,
    ...(declarative && { declarative: { ...declarative, retryAt: undefined } }),
  }
  return { device: pursue(free, moment), signs: [] }
}

/** Performs everything that is due, each thing at its own time and in order. */
export function passTime(device: VirtualDevice, moment: Moment): Passed {
  const due = dueAt(device)
  if (due === undefined || due > moment.at) return { device, signs: [] }
  const then = momentAt(moment, due)
  const now =
    device.update?.endsAt === due ? endPhase(device, device.update, then) : retry(device, then)
  const later = passTime(now.device, moment)
  return { device: later.device, signs: [...now.signs, ...later.signs] }
}
