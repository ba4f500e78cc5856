import type { ActionValue, LabAction } from './actions'
import type { FaultId } from './faults'
import type { EnqueuedCommand } from './queued-command'
import type { ServerChange } from './server-habits'

/** What a script makes happen to one device. */
export type DeviceAction =
  | { kind: 'action'; action: LabAction; value?: ActionValue }
  /** `amount` 0 turns the fault off. */
  | { kind: 'fault'; fault: FaultId; amount: number }
  /** The server is given a command for the device, with a push. */
  | ({ kind: 'send' } & EnqueuedCommand)

/** One line of a script; `at` in virtual ms since the lab was filled. Plain JSON. */
export type ScriptStep =
  | { at: number; enrollmentId: string; action: DeviceAction }
  | { at: number; server: ServerChange }
