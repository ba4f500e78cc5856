import { deviceOfScenario } from '@/lib/virtual-lab/scenario-lab'
import type { VirtualDevice } from '@/lib/virtual-lab/virtual-device'
import { buildOf } from '../origin/releases'

/** Lab tags M-1 to M-9: four devices for each mechanism, and one whose declaration waits for its time. */
const count = 9

/** iPads on 26.5, which know both mechanisms: ScheduleOSUpdate is gone from 27.0 on. Names, serials and IDs are invented. */
export function mechanismDevices(): VirtualDevice[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1)
    return deviceOfScenario({
      labTag: `M-${number}`,
      name: `Mechanism iPad ${number}`,
      modelName: 'iPad (10th generation)',
      platform: 'iPadOS',
      productName: 'iPad13,18',
      partNumber: 'MPQ03',
      enrollmentId: `00008101-0001F00D0B26${number.padStart(4, '0')}`,
      serial: `MVL26${number.padStart(2, '0')}Q7XK`,
      osVersion: '26.5',
      osBuild: buildOf('26.5'),
      battery: 0.88,
      diskGb: 64,
      freeGb: 31,
      online: false,
      // They report what the subscription of a declaration names, and nothing else: decision 095.
      variants: { unsubscribed: 'silent' },
    })
  })
}
