import { networkKinds } from '@/lib/domain/reading/reading'
import { beginInstall, installObstacle } from './schedule-os-update'
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

const unreachable = (device: VirtualDevice) => {
  if (!device.online) return 'The device is offline'
  return device.update?.phase === 'dark' ? 'The device is restarting into its update' : undefined
}

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
  enterPasscode: withoutPrompt,
  chooseTonight: withoutPrompt,
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
  const offer = offersNow(device).find(({ productKey }) => productKey === device.update?.productKey)
  const ready = offer !== undefined && installObstacle(device, offer) === undefined
  return ready
    ? beginInstall({ ...device, locked: false }, moment)
    : withUpdate(device, { phase: 'downloaded' })
}

const chooseTonight = (device: VirtualDevice, moment: Moment): VirtualDevice => {
  const { device: drawn, ms } = drawDuration(device, 'tonight', moment)
  return withUpdate(drawn, { phase: 'tonight', endsAt: moment.at + ms })
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
  decline: (device) => withUpdate(device, { phase: 'downloaded', endsAt: undefined }),
  goOffline: (device, _, moment) => goOffline(device, moment),
  goOnline: (device, _, moment) => goOnline(device, moment),
  lock: (device) => ({ ...device, locked: true }),
  unlock: (device) => ({ ...device, locked: false }),
  setPasscode: (device) => ({ ...device, passcode: true }),
  removePasscode: (device) => ({ ...device, passcode: false, locked: false }),
  poll: (device) => device,
  reenrol: (device) => device,
  freeDisk: (device, value) =>
    typeof value === 'number' ? { ...device, freeBytes: Math.round(value * 1e9) } : device,
}

const signsOf = (device: VirtualDevice, action: LabAction): Step['signs'] => {
  if (action === 'reenrol') return ['sendsAuthenticate', 'sendsTokenUpdate', 'polls']
  if (action === 'goOnline' && device.owesTokenUpdate) return ['sendsTokenUpdate', 'polls']
  // A device that answered NotNow polls again by itself once it is unlocked (MDM Protocol Reference, 2018).
  return action === 'poll' || action === 'goOnline' || action === 'unlock' ? ['polls'] : []
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
