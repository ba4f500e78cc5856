import { beginInstall, downloadLack, installLack, type Lack } from '../lacks'
import { hasQuirk } from '../quirks'
import {
  calendarOf,
  type DeviceUpdate,
  drawDuration,
  type Moment,
  type Offer,
  type VirtualDevice,
} from '../virtual-device'
import { enforcedAt, offerFor, pursued } from './judge'
import { type DeclarativeState, keyOf } from './state'
import { variantOf } from './variants'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

type Goal = NonNullable<ReturnType<typeof pursued>>

const withState = (device: VirtualDevice, change: Partial<DeclarativeState>): VirtualDevice =>
  device.declarative ? { ...device, declarative: { ...device.declarative, ...change } } : device

const withUpdate = (device: VirtualDevice, change: Partial<DeviceUpdate>): VirtualDevice =>
  device.update ? { ...device, update: { ...device.update, ...change } } : device

/** Codes: a decompiled DeviceManagement framework. The texts are the lab's own. */
const failureCodes: Record<string, number> = {
  DownloadInsufficientNetwork: 2203,
  DownloadInsufficientSpace: 2204,
  DownloadInsufficientPower: 2205,
  InstallInsufficientSpace: 2209,
  InstallInsufficientPower: 2210,
}

const failureText = ({ status }: Lack) => {
  const code = failureCodes[status] ?? 2208
  return `Error Domain=DeviceManagement.error Code=${code} "${status}" UserInfo={NSLocalizedDescription=${status}}`
}

const fail = (device: VirtualDevice, lack: Lack, moment: Moment): VirtualDevice => {
  const before = device.declarative?.failure?.count ?? 0
  const count = variantOf(device, 'failureCount', moment) === 'growing' ? before + 1 : 1
  const failure = { count, reason: failureText(lack), ms: calendarOf(moment) }
  return withState(device, { failure, standing: 'failed' })
}

const downloadAgain = (device: VirtualDevice, moment: Moment) =>
  variantOf(device, 'downloadRetry', moment) === 'hourly' ? moment.at + hourMs : undefined

const startDownload = (device: VirtualDevice, goal: Goal, offer: Offer, moment: Moment) => {
  if (device.faults.nothingHappens) return device
  const lack = downloadLack(device, offer)
  if (lack?.status === 'DownloadInsufficientNetwork' && hasQuirk(device, 'reportsWaiting'))
    return withState(device, { standing: 'waiting', retryAt: moment.at + hourMs })
  if (lack) return withState(fail(device, lack, moment), { retryAt: downloadAgain(device, moment) })
  const { device: drawn, ms } = drawDuration(device, 'download', moment)
  const time = drawn.online ? { endsAt: moment.at + ms } : { leftMs: ms }
  const update: DeviceUpdate = {
    productKey: offer.productKey,
    phase: 'downloading',
    durationMs: ms,
    declaration: keyOf(goal.held),
    ...time,
  }
  return withState({ ...drawn, update }, { standing: undefined, retryAt: undefined })
}

const purged = ({ update, ...device }: VirtualDevice): VirtualDevice => {
  const offer = device.offers.find(({ productKey }) => productKey === update?.productKey)
  const held = update?.phase === 'downloading' ? 0 : (offer?.downloadBytes ?? 0)
  return { ...device, freeBytes: device.freeBytes + held }
}

/** Nothing of a removed declaration is enforced. What a person has started goes on. */
const letGo = (device: VirtualDevice, moment: Moment): VirtualDevice => {
  const free = withState(device, { standing: undefined, retryAt: undefined })
  const { update } = free
  if (update?.declaration === undefined) return free
  if (update.startedBy === 'system-settings') return withUpdate(free, { declaration: undefined })
  if (update.phase === 'downloading' || variantOf(device, 'removedDownload', moment) === 'purged')
    return purged(free)
  const rest = { declaration: undefined, startedBy: undefined, endsAt: undefined }
  return withUpdate(free, { phase: 'downloaded', ...rest })
}

/** The next thing a downloaded update does by itself, once the date has come or is past. */
const waitForDate = (device: VirtualDevice, goal: Goal, moment: Moment): VirtualDevice => {
  const due = enforcedAt(device, goal, moment)
  const isLate = goal.held.arrivedMs >= goal.target.instant || due <= moment.at
  const endsAt = due > moment.at ? due : moment.at + hourMs
  if (isLate && device.passcode) return ask(withUpdate(device, { endsAt }), endsAt)
  return withUpdate(device, { phase: 'downloaded', endsAt })
}

/** An update that is there already is enforced from now on by this declaration. */
const adopt = (device: VirtualDevice, goal: Goal, moment: Moment): VirtualDevice => {
  const declaration = keyOf(goal.held)
  const { update } = device
  if (update?.declaration === declaration && update.phase !== 'downloaded') return device
  const owned = withUpdate(device, { declaration })
  if (update?.phase === 'downloading' || update?.phase === 'tonight') return owned
  const due = enforcedAt(owned, goal, moment)
  const waits =
    update?.declaration === declaration && update.endsAt !== undefined && due <= moment.at
  return waits ? device : waitForDate(owned, goal, moment)
}

/**
 * What the device does about its declarations now, as after a change of them, of what is offered, or of its version:
 * Apple, "Phases of software update enforcement".
 */
export function pursue(device: VirtualDevice, moment: Moment): VirtualDevice {
  const { update } = device
  if (!device.declarative || update?.phase === 'installing' || update?.phase === 'dark')
    return device
  const goal = pursued(device, moment)
  const offer = goal && offerFor(device, goal.target)
  if (!goal || !offer) return letGo(device, moment)
  if (update?.productKey === offer.productKey) return adopt(device, goal, moment)
  return startDownload(update ? purged(device) : device, goal, offer, moment)
}

const ask = (device: VirtualDevice, endsAt: number): VirtualDevice => ({
  ...withUpdate(device, { phase: 'prompting', endsAt }),
  promptsShown: device.promptsShown + 1,
})

const offerOfUpdate = ({ offers, update }: VirtualDevice) =>
  offers.find(({ productKey }) => productKey === update?.productKey)

/** Begins the install, or fails for what it lacks and tries again. */
export function installDeclared(device: VirtualDevice, moment: Moment): VirtualDevice {
  const offer = offerOfUpdate(device)
  const lack = offer && installLack(device, offer)
  if (!lack) return beginInstall(withState(device, { standing: undefined }), moment)
  const often = variantOf(device, 'lateAttempts', moment) === 'fiveMinutes'
  const endsAt = moment.at + (often ? 5 * minuteMs : hourMs)
  return withUpdate(fail(device, lack, moment), { phase: 'downloaded', endsAt })
}

/** The date has come: with a passcode the device asks, and never installs without it; else it counts down. */
const enforce = (device: VirtualDevice, moment: Moment): VirtualDevice => {
  const { nothingHappens, promptNeverShown, installsWithoutPrompt } = device.faults
  const later = moment.at + hourMs
  if (nothingHappens || (device.passcode && promptNeverShown))
    return withUpdate(device, { endsAt: later })
  const offer = offerOfUpdate(device)
  if (offer && installLack(device, offer)) return installDeclared(device, moment)
  if (device.passcode && !installsWithoutPrompt) return ask(device, later)
  const isLong = variantOf(device, 'countdown', moment) === 'minute'
  return ask(device, moment.at + (isLong ? minuteMs : 10_000))
}

/** The end of a phase of an update that a declaration enforces; undefined for a phase that ends as any other. */
export function endDeclaredPhase(device: VirtualDevice, moment: Moment): VirtualDevice | undefined {
  const mayInstall = !device.passcode || device.faults.installsWithoutPrompt
  switch (device.update?.phase) {
    case 'downloaded':
      return enforce(device, moment)
    case 'prompting':
      return mayInstall ? installDeclared(device, moment) : ask(device, moment.at + hourMs)
    case 'tonight':
      return installDeclared(device, moment)
    default:
      return undefined
  }
}

/** After its restart: what it has fulfilled stays valid, and the next declaration is pursued. */
export function afterInstall(
  device: VirtualDevice,
  { declaration }: DeviceUpdate,
  moment: Moment,
): VirtualDevice {
  if (!device.declarative) return device
  const { fulfilled } = device.declarative
  const done = declaration === undefined ? fulfilled : [...fulfilled, declaration]
  const rest = { failure: undefined, standing: undefined, retryAt: undefined }
  return pursue(withState(device, { fulfilled: done, startedAt: moment.at, ...rest }), moment)
}

/** Switched off and on: a date that has passed is enforced about an hour after that. */
export function restarted(device: VirtualDevice, moment: Moment): VirtualDevice {
  const on = withState({ ...device, locked: device.passcode }, { startedAt: moment.at })
  const declared = on.update?.declaration !== undefined
  const waits = on.update?.phase === 'prompting' || on.update?.phase === 'downloaded'
  const rested = declared && waits ? withUpdate(on, { phase: 'downloaded', endsAt: undefined }) : on
  return pursue(rested, moment)
}
