import { freshFleet } from '@/lib/virtual-lab/fleet'
import { freshState, type LabState } from '@/lib/virtual-lab/lab-state'
import type { VirtualDevice } from '@/lib/virtual-lab/virtual-device'

/** A lab cannot be without a device; the others are added, one for each trial. */
export function oneDevice(): LabState {
  const fresh = freshState('kills')
  const [first] = Object.entries(fresh.devices)
  if (!first) throw new Error('the fleet is empty')
  return { ...fresh, devices: Object.fromEntries([first]), pollsAt: {} }
}

/** A virtual device that is as the readings of a trial of a declaration say. */
export function asRead({ enrollmentId, serial }: Pick<VirtualDevice, 'enrollmentId' | 'serial'>) {
  const model = freshFleet().find(({ labTag }) => labTag === 'B-10')
  if (!model) throw new Error('the fleet has no B-10')
  return {
    ...model,
    ...{ enrollmentId, serial, labTag: serial },
    ...{ name: 'Test iPhone', platform: 'iOS', productName: 'iPhone10,1' },
    ...{ osVersion: '18.1', osBuild: '22B83', timeZone: 'UTC', offers: [] },
  } satisfies VirtualDevice
}
