import { createHash } from 'node:crypto'
import type { Faults } from './faults'
import { faultIds, readFaultValue, withFault } from './faults'
import type { DeviceAction, LabOrigin, ScriptStep } from './lab-state'
import type { Scenario, ScenarioDevice, ScenarioStep } from './scenario-schema'
import { goodServer } from './server-habits'
import type { VirtualDevice } from './virtual-device'
import { commandPlist } from './wire'

const minuteMs = 60_000
const usualDiskGb = 64

const hex = (text: string) => createHash('sha1').update(`oneway scenario ${text}`).digest('hex')
const bytes = (gb: number) => Math.round(gb * 1e9)

const faultsOf = ({ faults = {} }: ScenarioDevice): Faults =>
  faultIds.reduce<Faults>(
    (all, id) => withFault(all, id, readFaultValue(id, faults[id] ?? false) ?? 0),
    {},
  )

const offersOf = ({ offers = [], platform }: ScenarioDevice): VirtualDevice['offers'] =>
  offers.map(({ version, build, productKey, downloadGb, installGb }) => ({
    productKey: productKey ?? `${platform === 'tvOS' ? 'tvOS' : 'iOS'}Update${build}`,
    version,
    build,
    downloadBytes: bytes(downloadGb),
    installBytes: bytes(installGb),
  }))

/** The device that a scenario describes. By default it is supervised, without faults, and named by its lab tag. */
export function deviceOfScenario(device: ScenarioDevice): VirtualDevice {
  const { labTag, platform, diskGb = usualDiskGb } = device
  const wired = platform === 'tvOS'
  return {
    labTag,
    platform,
    enrollmentId: device.enrollmentId ?? hex(labTag),
    name: device.name ?? labTag,
    modelName: device.modelName,
    productName: device.productName,
    serial: device.serial ?? hex(`${labTag} serial`).slice(0, 12).toUpperCase(),
    partNumber: device.partNumber ?? 'MLAB2',
    osVersion: device.osVersion,
    osBuild: device.osBuild,
    supervised: device.supervised ?? true,
    passcode: device.passcode ?? false,
    locked: device.locked ?? false,
    batteryLevel: wired ? -1 : (device.battery ?? 0.8),
    plugged: device.plugged ?? true,
    network: device.network ?? (wired ? 'wired' : 'wifi'),
    networkName: 'Lab',
    totalBytes: bytes(diskGb),
    freeBytes: bytes(device.freeGb ?? diskGb / 2),
    offers: offersOf(device),
    online: device.online ?? true,
    faults: faultsOf(device),
    ...(device.variants && { variants: device.variants }),
    ...(device.timeZone && { timeZone: device.timeZone }),
    promptsShown: 0,
    owesTokenUpdate: false,
    deliveries: {},
    draws: 0,
  }
}

/** A CommandUUID that is the same in every run of the same seed. */
const commandUuidOf = (seed: string, index: number) =>
  hex(`${seed} command ${index}`)
    .toUpperCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')

/** The queries that Oneway itself sends to a device. */
const queries = [
  'DeviceName',
  'OSVersion',
  'BuildVersion',
  'ModelName',
  'ProductName',
  'SerialNumber',
  'DeviceCapacity',
  'AvailableDeviceCapacity',
  'BatteryLevel',
  'IsSupervised',
]

const commandOf = ({ send, installAction, productKey, productVersion }: ScenarioStep) => {
  if (send === 'DeviceInformation') return { Queries: queries }
  if (installAction === undefined) return {}
  const target = {
    ...(productKey === undefined ? {} : { ProductKey: productKey }),
    ...(productVersion === undefined ? {} : { ProductVersion: productVersion }),
  }
  return { Updates: [{ InstallAction: installAction, ...target }] }
}

const actionOf = (step: ScenarioStep, commandUuid: string): DeviceAction => {
  const { send, fault, value, declare } = step
  if (declare !== undefined) return { kind: 'declare', ...declare }
  if (step.withdraw) return { kind: 'withdraw' }
  if (send !== undefined) {
    const raw = commandPlist(commandUuid, send, commandOf(step))
    return { kind: 'send', commandUuid, requestType: send, raw }
  }
  if (fault !== undefined)
    return { kind: 'fault', fault, amount: readFaultValue(fault, value) ?? 0 }
  if (step.do === undefined || typeof value === 'boolean')
    throw new Error('a step of a scenario was not validated')
  return { kind: 'action', action: step.do, value }
}

function stepOf(scenario: Scenario, step: ScenarioStep, index: number): ScriptStep {
  const at = Math.round(step.at * minuteMs)
  if (step.server) return { at, server: step.server }
  const device = scenario.devices.find(({ labTag }) => labTag === step.device)
  if (!device) throw new Error(`the scenario has no device ${step.device}`)
  const { enrollmentId } = deviceOfScenario(device)
  return { at, enrollmentId, action: actionOf(step, commandUuidOf(scenario.seed, index)) }
}

/** The initial content of a lab with this scenario, which must have been read with `readScenario`. */
export function originOf(scenario: Scenario): LabOrigin {
  const { storage = 'pgsql', ...habits } = scenario.server ?? {}
  return {
    devices: scenario.devices.map(deviceOfScenario),
    script: (scenario.steps ?? []).map((step, index) => stepOf(scenario, step, index)),
    storage,
    server: { ...goodServer, ...habits },
  }
}
