import { deviceOfScenario } from '@/lib/virtual-lab/scenario-lab'
import type { VirtualDevice } from '@/lib/virtual-lab/virtual-device'
import { buildOf, type Release } from './releases'

type Origin = { labTag: string; name: string; start: Release; passcode?: true; battery?: number }

/** Names, serials and lab tags are invented. Each device enters the story on the release it was bought with. */
const entries: Origin[] = [
  { labTag: 'O-1', name: 'Origin iPad 1, no passcode', start: '10.3.3' },
  { labTag: 'O-2', name: 'Origin iPad 2, passcode', start: '10.3.3', passcode: true },
  { labTag: 'O-3', name: 'Origin iPad 3, passcode', start: '11.1', passcode: true },
  { labTag: 'O-4', name: 'Origin iPad 4, passcode', start: '11.2.6', passcode: true },
  { labTag: 'O-5', name: 'Origin iPad 5, low battery', start: '11.2', battery: 0.14 },
  { labTag: 'O-6', name: 'Origin iPad 6, no passcode', start: '12.0' },
  { labTag: 'O-7', name: 'Origin iPad 7, passcode', start: '11.4', passcode: true },
  { labTag: 'O-8', name: 'Origin iPad 8, no passcode', start: '12.0' },
]

/** The devices of the story before it begins: switched off in the drawer, and not enrolled. */
export function originDevices(): VirtualDevice[] {
  return entries.map(({ labTag, name, start, passcode = false, battery = 0.92 }) =>
    deviceOfScenario({
      labTag,
      name,
      modelName: 'iPad Air',
      platform: 'iOS',
      productName: 'iPad4,1',
      partNumber: 'MD786',
      osVersion: start,
      osBuild: buildOf(start),
      passcode,
      battery,
      plugged: battery > 0.2,
      diskGb: 32,
      freeGb: 16,
      online: false,
    }),
  )
}
