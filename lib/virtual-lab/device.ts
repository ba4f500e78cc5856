import { requestTypes } from '@/lib/domain/trial/command-slot'
import type { LabAction } from './actions'
import { act } from './actions'
import { acknowledged, invalidRequestType, notNow, notSupervised } from './answers'
import { knowsDeclarations, notified } from './declarative/converse'
import { obstacleToFault } from './fault-obstacles'
import type { FaultId } from './faults'
import { withFault } from './faults'
import { passTime } from './pass-time'
import { availableOsUpdates, deviceInformation, osUpdateStatus, securityInfo } from './probes'
import { hasQuirk } from './quirks'
import { scheduleOsUpdate } from './schedule-os-update'
import type { Moment, Step, VirtualDevice } from './virtual-device'
import type { PlistDict, WireDict } from './wire'

/** An input of a device: an MDM command, an action of a person, a fault, or only time passing. */
export type DeviceInput =
  | { kind: 'command'; commandUuid: string; requestType: string; command: PlistDict }
  | { kind: 'action'; action: LabAction; value?: number | string | undefined }
  /** `amount` 0 turns the fault off; any other has been checked with `readFaultValue`. */
  | { kind: 'fault'; fault: FaultId; amount: number }
  | { kind: 'time' }

const updateCommands = ['ScheduleOSUpdate', 'OSUpdateStatus', 'AvailableOSUpdates']

/** Only DeviceInformation is answered for certain while the device is locked (MDM Protocol Reference, 2018). */
const mayBePutOff = (requestType: string) => requestType !== 'DeviceInformation'

const answer = (
  device: VirtualDevice,
  { commandUuid, requestType, command }: Omit<Extract<DeviceInput, { kind: 'command' }>, 'kind'>,
  moment: Moment,
): { device: VirtualDevice; reply?: WireDict | undefined } => {
  const putOff = device.faults.notNow ?? 0
  if (requestType === 'DeclarativeManagement' && knowsDeclarations(device))
    return putOff > 0
      ? { device: setFault(device, 'notNow', putOff - 1), reply: notNow }
      : { device: notified(device), reply: acknowledged({}) }
  const known = requestTypes.find((type) => type === requestType)
  const forUpdates = updateCommands.includes(requestType)
  if (!known || (forUpdates && hasQuirk(device, 'updateCommandsRemoved')))
    return { device, reply: invalidRequestType(requestType) }
  if (device.locked && mayBePutOff(known)) return { device, reply: notNow }
  if (putOff > 0 && mayBePutOff(known))
    return { device: setFault(device, 'notNow', putOff - 1), reply: notNow }
  // All three need supervision on iOS and tvOS: Apple's schema, system.update.*.yaml at b6202ca.
  if (forUpdates && !device.supervised) return { device, reply: notSupervised }
  switch (known) {
    case 'DeviceInformation':
      return { device, reply: deviceInformation(device, command) }
    case 'SecurityInfo':
      return { device, reply: securityInfo(device) }
    case 'AvailableOSUpdates':
      return { device, reply: availableOsUpdates(device) }
    case 'OSUpdateStatus':
      return { device, reply: osUpdateStatus(device, moment) }
    case 'ScheduleOSUpdate':
      return scheduleOsUpdate(device, { commandUuid, command }, moment)
  }
}

const setFault = (device: VirtualDevice, fault: FaultId, amount: number): VirtualDevice => ({
  ...device,
  faults: withFault(device.faults, fault, amount),
})

const countDelivery = (device: VirtualDevice, commandUuid: string): VirtualDevice => ({
  ...device,
  deliveries: { ...device.deliveries, [commandUuid]: (device.deliveries[commandUuid] ?? 0) + 1 },
})

/**
 * One step of one device, without clock or network. Everything due until `moment.at` happens first, so that the order of
 * inputs and the seed determine the result.
 */
export function step(before: VirtualDevice, input: DeviceInput, moment: Moment): Step {
  const passed = passTime(before, moment)
  if (input.kind === 'time') return passed
  if (input.kind === 'action') {
    const acted = act(passed.device, input.action, input.value, moment)
    return { ...acted, signs: [...passed.signs, ...acted.signs] }
  }
  if (input.kind === 'fault') {
    const { fault, amount } = input
    const refused = amount === 0 ? undefined : obstacleToFault(passed.device, fault)
    if (refused !== undefined) return { ...passed, refused }
    return { device: setFault(passed.device, fault, amount), signs: passed.signs }
  }
  const reached = countDelivery(passed.device, input.commandUuid)
  return { ...answer(reached, input, moment), signs: passed.signs }
}
