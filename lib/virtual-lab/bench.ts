import type { LabClock } from './clock'
import type { Faults } from './faults'
import type { LabState } from './lab-state'
import type { LabEvent } from './webhook'

export type LabPorts = {
  clock: LabClock
  /** Called with everything that devices send; must not throw. */
  send: (event: LabEvent) => void
  /** Called after every change that must survive. */
  save: (state: LabState) => void
}

/** The internals of a running lab. */
export type Bench = { state: LabState; changed: boolean; ports: LabPorts }

const minuteMs = 60_000

/** Passes an event to the webhook, as the faults of its device change it. A lost reply is not passed on. */
export const tell = ({ state, ports }: Bench, event: LabEvent) => {
  const faults: Faults = state.devices[event.enrollmentId]?.faults ?? {}
  const isReply = event.topic === 'mdm.Connect' && event.commandUuid !== undefined
  if (isReply && faults.replyLost) return
  const skewMinutes = (faults.clockSkew ?? 0) + state.server.clockSkewMinutes
  const habit = {
    ...(skewMinutes === 0 ? {} : { skewMs: skewMinutes * minuteMs }),
    ...(faults.webhookTwice ? { twice: true } : {}),
    ...(faults.webhookLate && !isReply ? { overtaken: true } : {}),
  }
  ports.send(Object.keys(habit).length === 0 ? event : { ...event, habit })
}
