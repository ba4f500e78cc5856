import { compareVersions, version } from '@/lib/domain/device/os-version'
import { networkKinds } from '@/lib/domain/reading/reading'
import { installDeclared, pursue, restarted } from './declarative/pursue'
import { freshDeclarative } from './declarative/state'
import { beginInstall, downloadLack, installLack } from './lacks'
import type { DeviceUpdate, Moment, Step, VirtualDevice } from './virtual-device'
import { drawDuration, offersNow } from './virtual-device'

/** The actions for a virtual device on the control panel. */
export const labActions = [
  'setBattery',
  'plugIn',
  'unplug',
  'setNetwork',
  'enterPasscode',
  'chooseTonight',
  'decline',
  'goOffline',
  'goOnline',
  'lock',
  'unlock',
  'setPasscode',
  'removePasscode',
  'poll',
  'reenrol',
  'freeDisk',
  'restart',
  'installFromSettings',
] as const
export type LabAction = (typeof labActions)[number]

export type ActionValue = number | string | undefined

/** What the value of an action must look like; the actions without an entry take none. */
export const actionValues: Partial<Record<LabAction, { accepted: string; required: boolean }>> = {
  setBattery: { accepted: 'a fraction from 0 to 1, for example 0.18', required: true },
  setNetwork: { accepted: networkKinds.join(', '), required: true },
  freeDisk: {
    accepted: 'the free space to have afterwards, in GB (10^9 bytes), up to the size of the disk',
    required: true,
  },
}

const isFraction = (value: ActionValue) => typeof value === 'number' && value >= 0 && value <= 1
const isNetwork = (value: ActionValue) => networkKinds.some((kind) => kind === value)

/** Whether the value is accepted for this action on this device; `actionValues` says what is. */
export function fitsAction(device: VirtualDevice, action: LabAction, value: ActionValue): boolean {
  if (action === 'setBattery') return isFraction(value)
  if (action === 'setNetwork') return isNetwork(value)
  if (action === 'freeDisk')
    return typeof value === 'number' && value >= 0 && value * 1e9 <= device.totalBytes
  return value === undefined
}

const isAppleTv = ({ platform }: VirtualDevice) => platform === 'tvOS'

const withoutPrompt = ({ update }: VirtualDevice) =>
  update?.phase === 'prompting' ? undefined : 'No prompt for an update is showing'

/** A declared update reminds of itself before its date, and can be allowed there. */
const withoutReminder = (device: VirtualDevice) => {
  const { update, passcode } = device
  const reminds = update?.phase === 'downloaded' && update.declaration !== undefined && passcode
  return reminds ? undefined : withoutPrompt(device)
}

const unreachable = (device: VirtualDevice) => {
  if (!device.online) return 'The device is offline'
  return device.update?.phase === 'dark' ? 'The device is restarting into its update' : undefined
}

const underWay = ({ update }: VirtualDevice) =>
  update?.phase === 'installing' ? 'It is installing an update' : undefined

const passcodeObstacle = (device: VirtualDevice) => {
  if (isAppleTv(device)) return 'Apple TV has no passcode'
  if (device.update?.phase === 'prompting') return 'The device is asking for its passcode'
  return undefined
}

/** Why an action is impossible now. The panel disables its control with the same words with which the lab refuses. */
const obstacles: Record<LabAction, (device: VirtualDevice) => string | undefined> = {
  setBattery: (device) => (isAppleTv(device) ? 'Apple TV has no battery' : undefined),
  plugIn: ({ plugged }) => (plugged ? 'It is plugged in already' : undefined),
  unplug: (device) => {
    if (isAppleTv(device)) return 'Apple TV has no battery: unplugged it would be off'
    return device.plugged ? undefined : 'It is not plugged in'
  },
  setNetwork: () => undefined,
  enterPasscode: withoutReminder,
  chooseTonight: withoutReminder,
  decline: withoutPrompt,
  goOffline: ({ online }) => (online ? undefined : 'It is offline already'),
  goOnline: ({ online }) => (online ? 'It is online already' : undefined),
  lock: (device) => {
    if (device.locked) return 'It is locked already'
    return device.passcode ? undefined : 'Without a passcode nothing is locked'
  },
  unlock: ({ locked }) => (locked ? undefined : 'It is not locked'),
  setPasscode: (device) =>
    passcodeObstacle(device) ?? (device.passcode ? 'A passcode is set already' : undefined),
  removePasscode: (device) =>
    passcodeObstacle(device) ?? (device.passcode ? undefined : 'No passcode is set'),
  poll: unreachable,
  reenrol: unreachable,
  freeDisk: () => undefined,
  restart: (device) => unreachable(device) ?? underWay(device),
  installFromSettings: (device) =>
    unreachable(device) ??
    underWay(device) ??
    (offersNow(device).length === 0 ? 'No update is offered' : undefined),
}

/** Why an action cannot be done now; undefined when it can. */
export const obstacleTo = (device: VirtualDevice, action: LabAction): string | undefined =>
  obstacles[action](device)

/** Every action that cannot be done now, with its reason. */
export function listObstacles(device: VirtualDevice): Partial<Record<LabAction, string>> {
  return Object.fromEntries(
    labActions.flatMap((action) => {
      const reason = obstacleTo(device, action)
      return reason === undefined ? [] : [[action, reason] as const]
    }),
  )
}

const withUpdate = (device: VirtualDevice, change: Partial<DeviceUpdate>): VirtualDevice =>
  device.update ? { ...device, update: { ...device.update, ...change } } : device

/** A download pauses while the device is offline and continues afterwards. */
const goOffline = (device: VirtualDevice, { at }: Moment): VirtualDevice => {
  const { update } = device
  const paused =
    update?.phase === 'downloading' && update.endsAt !== undefined
      ? withUpdate(device, { endsAt: undefined, leftMs: update.endsAt - at })
      : device
  return { ...paused, online: false }
}

const goOnline = (device: VirtualDevice, { at }: Moment): VirtualDevice => {
  const left = device.update?.leftMs
  const resumed =
    left === undefined ? device : withUpdate(device, { endsAt: at + left, leftMs: undefined })
  return { ...resumed, online: true, owesTokenUpdate: false }
}

/** Once the passcode is entered the install begins; without enough space or power only the prompt disappears. */
const enterPasscode = (device: VirtualDevice, moment: Moment): VirtualDevice => {
  if (device.update?.declaration !== undefined)
    return installDeclared({ ...device, locked: false }, moment)
  const offer = offersNow(device).find(({ productKey }) => productKey === device.update?.productKey)
  const ready = offer !== undefined && installLack(device, offer) === undefined
  return ready
    ? beginInstall({ ...device, locked: false }, moment)
    : withUpdate(device, { phase: 'downloaded' })
}

const chooseTonight = (device: VirtualDevice, moment: Moment): VirtualDevice => {
  const { device: drawn, ms } = drawDuration(device, 'tonight', moment)
  const tonight = moment.at + ms
  if (device.update?.declaration === undefined)
    return withUpdate(drawn, { phase: 'tonight', endsAt: tonight })
  // Before the date of the declaration it is over at that date.
  const due = device.update.phase === 'downloaded' ? (device.update.endsAt ?? tonight) : tonight
  const endsAt = Math.min(tonight, due)
  return withUpdate(drawn, { phase: 'tonight', endsAt, startedBy: 'install-tonight' })
}

/** What is declared asks again in an hour; anything else waits for a command. */
const decline = (device: VirtualDevice, { at }: Moment) => {
  const endsAt = device.update?.declaration === undefined ? undefined : at + 3_600_000
  return withUpdate(device, { phase: 'downloaded', endsAt })
}

/** The person at the device starts the newest update in Settings, and enters the passcode there. */
const installFromSettings = (device: VirtualDevice, moment: Moment): VirtualDevice => {
  const offer = offersNow(device).toSorted((a, b) =>
    compareVersions(version(b.version), version(a.version)),
  )[0]
  if (!offer) return device
  const isSame = device.update?.productKey === offer.productKey
  const started = { startedBy: 'system-settings' } as const
  if (isSame && device.update?.phase === 'downloading') return withUpdate(device, started)
  if (isSame)
    return installLack(device, offer)
      ? device
      : beginInstall(withUpdate({ ...device, locked: false }, started), moment)
  if (downloadLack(device, offer)) return device
  const { device: drawn, ms } = drawDuration({ ...device, locked: false }, 'download', moment)
  const { productKey } = offer
  const endsAt = moment.at + ms
  const update = { productKey, phase: 'downloading', durationMs: ms, endsAt, ...started } as const
  return pursue({ ...drawn, update }, moment)
}

type Action = (device: VirtualDevice, value: ActionValue, moment: Moment) => VirtualDevice

const actions: Record<LabAction, Action> = {
  setBattery: (device, value) =>
    typeof value === 'number' ? { ...device, batteryLevel: value } : device,
  plugIn: (device) => ({ ...device, plugged: true }),
  unplug: (device) => ({ ...device, plugged: false }),
  setNetwork: (device, value) => ({
    ...device,
    network: networkKinds.find((kind) => kind === value) ?? device.network,
  }),
  enterPasscode: (device, _, moment) => enterPasscode(device, moment),
  chooseTonight: (device, _, moment) => chooseTonight(device, moment),
  decline: (device, _, moment) => decline(device, moment),
  goOffline: (device, _, moment) => goOffline(device, moment),
  goOnline: (device, _, moment) => goOnline(device, moment),
  lock: (device) => ({ ...device, locked: true }),
  unlock: (device) => ({ ...device, locked: false }),
  setPasscode: (device) => ({ ...device, passcode: true }),
  removePasscode: (device) => ({ ...device, passcode: false, locked: false }),
  poll: (device) => device,
  // Another enrolment begins without declarations.
  reenrol: (device, _, moment) =>
    device.declarative
      ? { ...pursue({ ...device, declarative: freshDeclarative }, moment), declarative: undefined }
      : device,
  freeDisk: (device, value) =>
    typeof value === 'number' ? { ...device, freeBytes: Math.round(value * 1e9) } : device,
  restart: (device, _, moment) => restarted(device, moment),
  installFromSettings: (device, _, moment) => installFromSettings(device, moment),
}

const signsOf = (device: VirtualDevice, action: LabAction): Step['signs'] => {
  if (action === 'reenrol') return ['sendsAuthenticate', 'sendsTokenUpdate', 'polls']
  if (action === 'goOnline' && device.owesTokenUpdate) return ['sendsTokenUpdate', 'polls']
  // A device that answered NotNow polls again by itself once it is unlocked (MDM Protocol Reference, 2018).
  const polls: LabAction[] = ['poll', 'goOnline', 'unlock', 'restart']
  return polls.includes(action) ? ['polls'] : []
}

/** Performs an action, or says why not. Its value must have been checked with `fitsAction`. */
export function act(
  device: VirtualDevice,
  action: LabAction,
  value: ActionValue,
  moment: Moment,
): Step {
  const refused = obstacleTo(device, action)
  if (refused !== undefined) return { device, signs: [], refused }
  return { device: actions[action](device, value, moment), signs: signsOf(device, action) }
}
