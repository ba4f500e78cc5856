import type { NetworkKind } from '@/lib/domain/reading/reading'
import type { VirtualDevice } from './virtual-device'

/** What the faults `lowPower` and `lowSpace` make of a device; invented, well below every bound. */
const lowBattery = 0.05
const lowBytes = 100e6

type Conditions = {
  batteryLevel: number
  plugged: boolean
  freeBytes: number
  network: NetworkKind
}

/** Power, space and network as the device has them now: as they were set, or as a fault makes them. */
export function conditionsOf(device: VirtualDevice): Conditions {
  const { faults, batteryLevel, plugged, freeBytes, network } = device
  return {
    batteryLevel: faults.lowPower ? lowBattery : batteryLevel,
    plugged: faults.lowPower ? false : plugged,
    freeBytes: faults.lowSpace ? Math.min(lowBytes, freeBytes) : freeBytes,
    network: faults.noNetwork ? 'none' : network,
  }
}
