import { queryDevice } from '@/lib/core/release/query-device'
import { insertDevice } from '@/lib/db/queries/devices/devices'
import { freshFleet } from '@/lib/virtual-lab/fleet'
import type { LabState } from '@/lib/virtual-lab/lab-state'
import { isEnrolled } from '@/lib/virtual-lab/nanomdm-store'
import { goodServer } from '@/lib/virtual-lab/server-habits'
import type { VirtualDevice } from '@/lib/virtual-lab/virtual-device'
import { mechanismDevices } from '../mechanisms/devices'
import type { Cast } from '../mechanisms/play-mechanisms'
import { originDevices } from './devices'
import { must } from './play-trial'
import type { Stage } from './stage'

/** The devices of both stories, before they begin. */
export const storyDevices = () => [...originDevices(), ...mechanismDevices()]

/** A reset of the lab gives these devices back. */
export const originOf = (devices: VirtualDevice[]) => ({
  devices: devices.map((device) => ({ ...device, online: false })),
  script: [],
  storage: 'pgsql' as const,
  server: goodServer,
})

/** What the inventory of a demo holds of a virtual device, apart from its server and its place. */
export const inventoryOf = ({
  labTag,
  name,
  enrollmentId,
  serial,
  platform,
  productName,
  modelName,
}: Pick<
  VirtualDevice,
  'labTag' | 'name' | 'enrollmentId' | 'serial' | 'platform' | 'productName' | 'modelName'
>) => ({
  ...{ labTag, name, enrollmentId, serial, platform, modelName },
  modelIdentifier: productName,
})

/** Enters the devices into the inventory. Gives their IDs by lab tag. */
export async function addDevices(stage: Stage, mdmServerId: string): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const device of storyDevices()) {
    const { id } = await stage.act(() =>
      insertDevice(stage.tx, {
        ...inventoryOf(device),
        ...{ mdmServerId, location: 'Drawer of the demo', holder: 'Demo' },
      }),
    )
    ids.set(device.labTag, id)
  }
  return ids
}

/** A device enrols when it is first taken out of the drawer: an enrolment counts for thirty days. */
export async function enrolAtFirst(stage: Stage, labTag: string): Promise<void> {
  const { enrollmentId } = stage.device(labTag)
  if (isEnrolled(stage.lab.state().store, enrollmentId)) return
  enrol(stage, labTag)
  await stage.pass(1)
}

function enrol(stage: Stage, labTag: string): void {
  const { enrollmentId } = stage.device(labTag)
  stage.lab.act(enrollmentId, 'goOnline', undefined)
  stage.lab.act(enrollmentId, 'reenrol', undefined)
}

/** At the end of the story: all devices are switched on, and those without a trial are queried as the lab starts. */
export async function switchOn(
  { stage, cast, devices }: { stage: Stage; cast: Cast; devices: Map<string, string> },
  liveTags: readonly string[],
): Promise<void> {
  for (const { labTag } of freshFleet()) enrol(stage, labTag)
  for (const { labTag, enrollmentId } of storyDevices())
    if (!stage.device(labTag).online) stage.lab.act(enrollmentId, 'goOnline', undefined)
  await stage.receive()
  // The worker sends these first, so that a new demo shows how each device stands now.
  for (const [labTag, deviceId] of devices)
    if (!liveTags.includes(labTag))
      must(
        await stage.act((now) => queryDevice(stage.tx, cast.engineer.actor, { deviceId }, now)),
        'asked',
      )
}

/** Milliseconds between the first polls of two devices after the story; within the story they poll far less often. */
const pollGapMs = 3_000

/** A reset gives the devices back as they are now, switched on and with no update under way. */
export function endState(stage: Stage): LabState {
  const state = stage.lab.state()
  const devices = Object.values(state.devices).map((device) => ({
    ...device,
    online: true,
    update: undefined,
    declarative: undefined,
  }))
  const pollsAt = Object.fromEntries(
    devices.map(({ enrollmentId }, index) => [enrollmentId, state.at + index * pollGapMs]),
  )
  return {
    ...state,
    pollsAt,
    origin: { devices, script: [], storage: 'pgsql', server: goodServer },
  }
}
