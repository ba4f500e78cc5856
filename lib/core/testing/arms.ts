import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { twoSlots } from './trial'

/** Two arms that differ in the passcode, balanced within starting versions in blocks of two. */
export const twoArms: ProtocolPlan = {
  ...twoSlots,
  title: 'With and without a passcode',
  design: {
    factors: [{ factor: 'passcode', levels: ['set', 'notSet'] }],
    arms: [
      { name: 'Passcode', weight: 1, levels: { passcode: 'set' } },
      { name: 'None', weight: 1, levels: { passcode: 'notSet' } },
    ],
    strata: ['version'],
    blocks: [1],
  },
}

/** Two arms that differ in their commands alone, so that a device fits both. */
export const twoOrders: ProtocolPlan = {
  ...twoSlots,
  title: 'Two ways to install',
  design: {
    factors: [{ factor: 'action', levels: ['Default,Default', 'Default,InstallASAP'] }],
    arms: [
      { name: 'Twice', weight: 1, levels: { action: 'Default,Default' } },
      { name: 'At once', weight: 1, levels: { action: 'Default,InstallASAP' } },
    ],
    strata: [],
    blocks: [1, 2],
  },
}
