import { createClock } from './clock'
import type { DeviceInput } from './device'
import { step } from './device'
import type { FaultId } from './faults'
import { freshFleet } from './fleet'
import type { Lab } from './lab'
import { createLab } from './lab'
import type { LabState } from './lab-state'
import { freshState } from './lab-state'
import type { VirtualDevice } from './virtual-device'
import type { LabEvent } from './webhook'
import type { PlistDict } from './wire'
import { readPlist, commandPlist as writeCommand, writePlist } from './wire'

/** For tests only. */
export const minute = 60_000

/** A device of the fleet by its lab tag, changed as the test needs it. */
export function deviceTagged(labTag: string, change: Partial<VirtualDevice> = {}): VirtualDevice {
  const device = freshFleet().find((each) => each.labTag === labTag)
  if (!device) throw new Error(`no device ${labTag}`)
  return { ...device, ...change }
}

/** One device with a clock that the test controls. */
export function handheld(device: VirtualDevice, seed = 'seed') {
  let [now, at, sent] = [device, 0, 0]
  const take = (input: DeviceInput) => {
    const taken = step(now, input, { at, seed })
    now = taken.device
    return taken
  }
  return {
    device: () => now,
    at: () => at,
    /** Sends a command; the reply as a server reads it from the wire, undefined for silence. */
    send: (requestType: string, command: PlistDict = {}): PlistDict | undefined => {
      sent += 1
      const { reply } = take({
        kind: 'command',
        commandUuid: `command-${sent}`,
        requestType,
        command: { RequestType: requestType, ...command },
      })
      return reply && readPlist(Buffer.from(writePlist(reply)))
    },
    /** The reply as it is written. */
    sendRaw: (requestType: string, command: PlistDict = {}): string => {
      const { reply } = take({ kind: 'command', commandUuid: 'raw', requestType, command })
      return reply ? writePlist(reply) : ''
    },
    fault: (fault: FaultId, amount: number) => take({ kind: 'fault', fault, amount }).refused,
    act: (action: Parameters<Lab['act']>[1], value?: number | string) =>
      take({ kind: 'action', action, value }).refused,
    /** Lets the running phase end by itself; what the device does then. */
    wait: () => {
      at = now.update?.endsAt ?? at
      return take({ kind: 'time' }).signs
    },
    passMs: (ms: number) => {
      at += ms
      return take({ kind: 'time' }).signs
    },
  }
}

export const updateOf = (installAction: string, target: PlistDict = {}): PlistDict => ({
  Updates: [{ InstallAction: installAction, ...target }],
})

/** A whole lab with a clock held by the test and everything it sends and keeps in lists. */
export function labOnBench(state: LabState = freshState('seed')) {
  let real = Date.UTC(2026, 8, 30)
  const events: LabEvent[] = []
  const saved: string[] = []
  const lab = createLab(state, {
    clock: createClock(() => real, state.at, 1),
    send: (event) => events.push(event),
    save: (changed) => saved.push(JSON.stringify(changed)),
  })
  lab.enrolOnce()
  return {
    lab,
    events,
    saved,
    passMs: (ms: number) => {
      real += ms
      lab.advance()
    },
    idOf: (labTag: string) => deviceTagged(labTag).enrollmentId,
    deviceOf: (labTag: string): VirtualDevice => {
      const device = lab.state().devices[deviceTagged(labTag).enrollmentId]
      if (!device) throw new Error(`no device ${labTag}`)
      return device
    },
  }
}

/** A command as a server enqueues it, from what a test reads as a plist. */
export function commandPlist(
  commandUuid: string,
  requestType: string,
  rest: PlistDict = {},
): string {
  // Tests pass only strings, arrays and dictionaries, which are the same in both types.
  return writeCommand(commandUuid, requestType, rest as Parameters<typeof writeCommand>[2])
}
