import { atLeast, version } from '@/lib/domain/device/os-version'
import { declarationBounds } from '@/lib/domain/rules/version-bounds'
import { knowsDeclarations } from './declarative/converse'
import type { FaultId } from './faults'
import { faultIds } from './faults'
import type { VirtualDevice } from './virtual-device'

const withoutDeclarations = (device: VirtualDevice) =>
  knowsDeclarations(device) ? undefined : 'This version has no declarative management'

const obstacles: Partial<Record<FaultId, (device: VirtualDevice) => string | undefined>> = {
  lowPower: ({ platform }) => (platform === 'tvOS' ? 'Apple TV has no battery' : undefined),
  phoneCall: ({ productName }) =>
    productName.startsWith('iPhone') ? undefined : 'Only an iPhone has phone calls',
  declarationActive: ({ platform, osVersion }) => {
    const { bound } = declarationBounds[platform]
    return atLeast(version(osVersion), bound)
      ? undefined
      : `${platform} has no software-update declaration before ${bound}`
  },
  ...Object.fromEntries(
    (['statusNotJson', 'statusHuge', 'statusUnknown', 'statusOfAnother'] as const).map((id) => [
      id,
      withoutDeclarations,
    ]),
  ),
  promptNeverShown: ({ passcode }) =>
    passcode ? undefined : 'Without a passcode nothing is asked',
  installsWithoutPrompt: ({ passcode }) =>
    passcode ? undefined : 'Without a passcode nothing is asked anyway',
}

/** Why a fault cannot be turned on now; turning it off is always possible. */
export const obstacleToFault = (device: VirtualDevice, id: FaultId): string | undefined =>
  device.faults[id] === undefined ? obstacles[id]?.(device) : undefined

/** Every fault that cannot be turned on now, with its reason. */
export const listFaultObstacles = (device: VirtualDevice): Partial<Record<FaultId, string>> =>
  Object.fromEntries(
    faultIds.flatMap((id) => {
      const reason = obstacleToFault(device, id)
      return reason === undefined ? [] : [[id, reason] as const]
    }),
  )
