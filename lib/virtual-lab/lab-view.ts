import type { Citation } from '@/lib/domain/rules/rule'
import type { LabAction } from './actions'
import { listObstacles } from './actions'
import { enforcesUpdates, judgeAll } from './declarative/judge'
import { type VariantId, variantIds, variantOf } from './declarative/variants'
import { listFaultObstacles } from './fault-obstacles'
import type { FaultId } from './faults'
import type { Lab } from './lab'
import type { StorageKind } from './nanomdm-store'
import { listQueue } from './nanomdm-store'
import type { QuirkId } from './quirks'
import { listQuirks } from './quirks'
import type { ServerHabits } from './server-habits'
import type { UpdatePhase, VirtualDevice } from './virtual-device'
import { conditionsOf, downloadedFraction, isReachable } from './virtual-device'

/** The complete state of a virtual device, for the control panel and for tests; no MDM reply contains all of it. */
export type LabDeviceView = Omit<
  VirtualDevice,
  'update' | 'draws' | 'owesTokenUpdate' | 'installedBy' | 'declarative' | 'variants'
> & {
  phase: UpdatePhase | 'none'
  promptShowing: boolean
  downloaded: boolean
  /** The progress of the download, 0–1; 1 once it is downloaded, 0 without an update. */
  downloadedFraction: number
  /** Virtual ms until the phase ends by itself; null if it does not. */
  phaseEndsInMs: number | null
  /** Online and not restarting into its update. */
  reachable: boolean
  /** Commands the server still holds for it, oldest first. */
  queue: { commandUuid: string; requestType: string; notNow: boolean }[]
  quirks: { id: QuirkId; what: string; cites: readonly Citation[] }[]
  /** The actions that cannot be done now, each with its reason. */
  obstacles: Partial<Record<LabAction, string>>
  /** The faults that cannot be turned on now, each with its reason. */
  faultObstacles: Partial<Record<FaultId, string>>
  /** The declarations that it holds, and how it stands to each. */
  declarations: {
    identifier: string
    kind: string
    valid: string
    active: boolean
    reason: string | null
    /** The version and local date that it enforces. */
    target: { version: string; local: string } | null
  }[]
  /** How it behaves where sources disagree, by variant; empty where it has no declarations of updates. */
  variants: Partial<Record<VariantId, string>>
  /** Virtual ms until it delivers a late reply; null if it has none. */
  replyDueInMs: number | null
}

/** How the virtual NanoMDM behaves now. */
export type LabServerView = ServerHabits & { storage: StorageKind }

export type LabClockView = {
  /** How many virtual seconds pass in a real one. */
  speed: number
  /** Virtual ms since the lab was filled. */
  at: number
  seed: string
}

export function viewDevice(lab: Lab, device: VirtualDevice): LabDeviceView {
  const {
    update,
    draws: _draws,
    owesTokenUpdate: _owes,
    installedBy: _installedBy,
    declarative: _declarative,
    ...facts
  } = device
  const { at, seed, store, reports } = lab.state()
  const late = reports.find(({ enrollmentId }) => enrollmentId === device.enrollmentId)
  return {
    ...facts,
    ...conditionsOf(device),
    phase: update?.phase ?? 'none',
    promptShowing: update?.phase === 'prompting',
    downloaded: update !== undefined && update.phase !== 'downloading',
    downloadedFraction: update ? downloadedFraction(update, at) : 0,
    phaseEndsInMs: update?.endsAt === undefined ? null : update.endsAt - at,
    reachable: isReachable(device),
    queue: listQueue(store, device.enrollmentId).map(({ commandUuid, requestType, notNow }) => ({
      commandUuid,
      requestType,
      notNow,
    })),
    quirks: listQuirks(device).map(({ id, what, cites }) => ({ id, what, cites })),
    obstacles: listObstacles(device),
    faultObstacles: listFaultObstacles(device),
    declarations: judgeAll(device, { at, seed }).map(
      ({ held, active, valid, reasons, target }) => ({
        identifier: held.identifier,
        kind: held.kind,
        valid,
        active,
        reason: reasons[0]?.details.Error ?? reasons[0]?.description ?? null,
        target: target ? { version: target.version, local: target.local } : null,
      }),
    ),
    variants: enforcesUpdates(device)
      ? Object.fromEntries(variantIds.map((id) => [id, variantOf(device, id, { seed })]))
      : {},
    replyDueInMs: late ? late.at - at : null,
  }
}

export const viewDevices = (lab: Lab): LabDeviceView[] =>
  Object.values(lab.state().devices).map((device) => viewDevice(lab, device))

export const viewServer = (lab: Lab): LabServerView => {
  const { server, store } = lab.state()
  return { ...server, storage: store.kind }
}

export const viewClock = (lab: Lab): LabClockView => ({
  speed: lab.clock.speed(),
  at: lab.state().at,
  seed: lab.state().seed,
})
