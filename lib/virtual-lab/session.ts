import { type Bench, tell } from './bench'
import { authenticate, idle, tokenUpdate } from './check-in'
import { converse } from './declarative/converse'
import { declarativeCheckIn } from './declarative-check-in'
import type { DeviceInput } from './device'
import { step } from './device'
import type { PendingReport } from './lab-state'
import { pollEveryMs } from './lab-state'
import {
  isEnrolled,
  nextCommand,
  storeAuthenticate,
  storeReport,
  storeTokenUpdate,
} from './nanomdm-store'
import type { DeviceSign, Moment, VirtualDevice } from './virtual-device'
import { isReachable } from './virtual-device'
import type { QueuedCommand } from './wire'
import { isDict, readPlist, writePlist } from './wire'

const minuteMs = 60_000

const deviceOf = (bench: Bench, id: string): VirtualDevice => {
  const device = bench.state.devices[id]
  if (!device) throw new Error(`the virtual lab has no device ${id}`)
  return device
}

export const pollOf = ({ state }: Bench, id: string) => state.pollsAt[id] ?? state.at

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
  const taken = step(deviceOf(bench, id), input, momentOf(bench, at))
  bench.state.devices[id] = taken.device
  bench.changed = true
  for (const sign of taken.signs) checkIn(bench, taken.device, sign, at)
  if (input.kind !== 'command') speak(bench, id, at)
  return taken
}

export const momentOf = ({ state, ports: { clock } }: Bench, at: number): Moment => ({
  at,
  seed: state.seed,
  calendar: clock.calendarAt(at),
})

/** Fetches declarations and reports status, if the device has anything to fetch or to report. */
export const speak = (bench: Bench, id: string, at: number) => {
  const device = deviceOf(bench, id)
  if (!device.declarative || !isReachable(device) || !isEnrolled(bench.state.store, id)) return
  const talk = converse(device, momentOf(bench, at))
  let next = talk.next()
  while (!next.done) {
    const { endpoint, data = '' } = next.value
    next = talk.next(declarativeCheckIn(bench, { id, endpoint, data }))
  }
  if (next.value === device) return
  bench.state.devices[id] = next.value
  bench.changed = true
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
  speak(bench, id, at)
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
