import { authenticate, idle, tokenUpdate } from './check-in'
import type { LabClock } from './clock'
import type { DeviceInput } from './device'
import { step } from './device'
import type { Faults } from './faults'
import type { LabState, PendingReport } from './lab-state'
import { pollEveryMs } from './lab-state'
import {
  isEnrolled,
  nextCommand,
  storeAuthenticate,
  storeReport,
  storeTokenUpdate,
} from './nanomdm-store'
import type { DeviceSign, VirtualDevice } from './virtual-device'
import { isReachable } from './virtual-device'
import type { LabEvent } from './webhook'
import type { QueuedCommand } from './wire'
import { isDict, readPlist, writePlist } from './wire'

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

const deviceOf = (bench: Bench, id: string): VirtualDevice => {
  const device = bench.state.devices[id]
  if (!device) throw new Error(`the virtual lab has no device ${id}`)
  return device
}

export const pollOf = ({ state }: Bench, id: string) => state.pollsAt[id] ?? state.at

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

/** Sends what a device sends by itself. An Authenticate discards the replies that it still had to deliver. */
export const checkIn = (bench: Bench, device: VirtualDevice, sign: DeviceSign, at: number) => {
  const { enrollmentId } = device
  const { state } = bench
  if (sign === 'sendsAuthenticate') {
    state.store = storeAuthenticate(state.store, enrollmentId)
    state.reports = state.reports.filter((report) => report.enrollmentId !== enrollmentId)
    tell(bench, { topic: 'mdm.Authenticate', enrollmentId, payload: authenticate(device) })
  }
  if (sign === 'sendsTokenUpdate') {
    const { store, tally } = storeTokenUpdate(state.store, enrollmentId)
    state.store = store
    tell(bench, { topic: 'mdm.TokenUpdate', enrollmentId, payload: tokenUpdate(device), tally })
  }
  if (sign === 'polls') state.pollsAt[enrollmentId] = Math.min(at, pollOf(bench, enrollmentId))
}

/** One step of a device, with what it sends by itself. */
export const take = (bench: Bench, id: string, input: DeviceInput, at: number) => {
  const taken = step(deviceOf(bench, id), input, { at, seed: bench.state.seed })
  bench.state.devices[id] = taken.device
  bench.changed = true
  for (const sign of taken.signs) checkIn(bench, taken.device, sign, at)
  return taken
}

type Report = Omit<PendingReport, 'at'>

const statusIn = (reply: string) => {
  const { Status } = readPlist(Buffer.from(reply))
  return typeof Status === 'string' ? Status : ''
}

/** The server stores a reply and passes it to its webhook; gives the status. According to Apple a status can arrive twice. */
const report = (bench: Bench, { enrollmentId, commandUuid, reply }: Report): string => {
  const status = statusIn(reply)
  for (let copies = deviceOf(bench, enrollmentId).faults.replyTwice ? 2 : 1; copies > 0; copies--) {
    bench.state.store = storeReport(bench.state.store, enrollmentId, commandUuid, status)
    const topic = 'mdm.Connect'
    tell(bench, { topic, enrollmentId, payload: reply, status, commandUuid })
  }
  bench.changed = true
  return status
}

/** Delivers one command; gives the status of the answer, or undefined if there was none. */
const deliver = (bench: Bench, id: string, command: QueuedCommand, at: number) => {
  const body = readPlist(Buffer.from(command.raw)).Command
  const input = { kind: 'command', ...command, command: isDict(body) ? body : {} } as const
  const { reply, device } = take(bench, id, input, at)
  if (!reply) return undefined
  const { commandUuid } = command
  const written = writePlist({ ...reply, CommandUUID: commandUuid, UDID: id })
  const reported = { enrollmentId: id, commandUuid, reply: written }
  const late = device.faults.replyLate
  if (late === undefined) return report(bench, reported)
  bench.state.reports.push({ ...reported, at: at + late * minuteMs })
  return undefined
}

/** Delivers one command after the other until none is left or one is not answered. */
const answerAll = (bench: Bench, id: string, first: string, at: number) => {
  let status: string | undefined = first
  while (status !== undefined) {
    const command = nextCommand(bench.state.store, id, status === 'NotNow')
    status = command && deliver(bench, id, command, at)
  }
}

/** One MDM session. A device with a late reply does not poll before it has delivered that. */
export const poll = (bench: Bench, id: string, at: number) => {
  const device = deviceOf(bench, id)
  if (!isReachable(device) || !isEnrolled(bench.state.store, id)) return
  if (bench.state.reports.some(({ enrollmentId }) => enrollmentId === id)) return
  tell(bench, {
    topic: 'mdm.Connect',
    enrollmentId: id,
    payload: idle(device),
    status: 'Idle',
  })
  answerAll(bench, id, 'Idle', at)
}

/** Delivers a late reply, or tries again a poll later if the device cannot be reached. */
export const deliverLate = (bench: Bench, pending: PendingReport, at: number) => {
  const { state } = bench
  if (!isReachable(deviceOf(bench, pending.enrollmentId))) {
    pending.at = at + pollEveryMs
    return
  }
  state.reports = state.reports.filter((other) => other !== pending)
  answerAll(bench, pending.enrollmentId, report(bench, pending), at)
}
