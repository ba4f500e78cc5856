import type { ActionValue, LabAction } from './actions'
import { authenticate, idle, tokenUpdate } from './check-in'
import type { LabClock } from './clock'
import type { DeviceInput, DeviceSign } from './device'
import { step } from './device'
import type { LabState } from './lab-state'
import { freshState, pollEveryMs } from './lab-state'
import type { QueuedCommand } from './nanomdm-store'
import {
  enqueue,
  isEnrolled,
  nextCommand,
  storeAuthenticate,
  storeReport,
  storeTokenUpdate,
} from './nanomdm-store'
import { dueAt } from './pass-time'
import type { VirtualDevice } from './virtual-device'
import { isReachable } from './virtual-device'
import type { LabEvent } from './webhook'
import { isDict, readPlist, writePlist } from './wire'

export type LabPorts = {
  clock: LabClock
  /** Told of everything the devices send; must not throw. */
  send: (event: LabEvent) => void
  /** Called after every change that must survive. */
  save: (state: LabState) => void
}

/** The running lab: twelve devices, the MDM server's store, and time between them. */
export type Lab = {
  state(): LabState
  clock: LabClock
  /** Lets happen what is due by now; every other function does so first. */
  advance(): void
  /** Virtual ms of the next thing to happen. */
  nextDueAt(): number
  /** The devices enrol, if they never did. */
  enrolOnce(): void
  /** The error text of the store, or undefined when the command is queued for every id. */
  enqueue(ids: readonly string[], command: Omit<QueuedCommand, 'notNow'>): string | undefined
  /** Whether the id is known; a known device polls within a moment. */
  push(id: string): boolean
  /** Undefined for an unknown device; otherwise why the action was refused, if it was. */
  act(
    id: string,
    action: LabAction,
    value: ActionValue,
  ): { refused?: string | undefined } | undefined
  /** Back to the first day of the same seed; the devices enrol anew. */
  reset(): void
  /** Keeps the state as it is now, the time included. */
  keep(): void
}

/** Virtual ms between a push and the poll it causes; invented. */
const pushDelayMs = 500
/** Real ms between two polls of a device, at least: a lab that runs very fast must not drown the app. */
const leastRealPollMs = 1_000
/** A lab that slept longer than this many polls leaves the rest of them out. */
const pollsToCatchUp = 10

type Bench = { state: LabState; changed: boolean; ports: LabPorts }

const deviceOf = (bench: Bench, id: string): VirtualDevice => {
  const device = bench.state.devices[id]
  if (!device) throw new Error(`the virtual lab has no device ${id}`)
  return device
}

const setDevice = (bench: Bench, device: VirtualDevice) => {
  bench.state.devices[device.enrollmentId] = device
  bench.changed = true
}

const checkIn = (bench: Bench, device: VirtualDevice, sign: DeviceSign, at: number) => {
  const { enrollmentId } = device
  const { state, ports } = bench
  if (sign === 'sendsAuthenticate') {
    state.store = storeAuthenticate(state.store, enrollmentId)
    ports.send({ topic: 'mdm.Authenticate', enrollmentId, payload: authenticate(device) })
  }
  if (sign === 'sendsTokenUpdate') {
    const { store, tally } = storeTokenUpdate(state.store, enrollmentId)
    state.store = store
    ports.send({ topic: 'mdm.TokenUpdate', enrollmentId, payload: tokenUpdate(device), tally })
  }
  if (sign === 'polls') state.pollsAt[enrollmentId] = Math.min(at, pollOf(bench, enrollmentId))
}

const pollOf = ({ state }: Bench, id: string) => state.pollsAt[id] ?? state.at

/** One step of a device, with what it sends by itself. */
const take = (bench: Bench, id: string, input: DeviceInput, at: number) => {
  const taken = step(deviceOf(bench, id), input, { at, seed: bench.state.seed })
  setDevice(bench, taken.device)
  for (const sign of taken.signs) checkIn(bench, taken.device, sign, at)
  return taken
}

/** Hands one command over; the status of the answer, or undefined when none came. */
const deliver = (bench: Bench, id: string, command: QueuedCommand, at: number) => {
  const body = readPlist(Buffer.from(command.raw)).Command
  const { reply } = take(
    bench,
    id,
    { kind: 'command', ...command, command: isDict(body) ? body : {} },
    at,
  )
  const status = reply?.Status
  if (reply === undefined || typeof status !== 'string') return undefined
  const { commandUuid } = command
  bench.state.store = storeReport(bench.state.store, id, commandUuid, status)
  bench.ports.send({
    topic: 'mdm.Connect',
    enrollmentId: id,
    payload: writePlist({ ...reply, CommandUUID: commandUuid, UDID: id }),
    status,
    commandUuid,
  })
  return status
}

/** One MDM session: Idle, then one command after the other until none is left or one goes unanswered. */
const poll = (bench: Bench, id: string, at: number) => {
  const device = deviceOf(bench, id)
  if (!isReachable(device) || !isEnrolled(bench.state.store, id)) return
  bench.ports.send({
    topic: 'mdm.Connect',
    enrollmentId: id,
    payload: idle(device),
    status: 'Idle',
  })
  let status: string | undefined = 'Idle'
  while (status !== undefined) {
    const command = nextCommand(bench.state.store, id, status === 'NotNow')
    status = command && deliver(bench, id, command, at)
  }
}

const scheduleNextPoll = (bench: Bench, id: string, at: number) => {
  const { clock } = bench.ports
  const interval = Math.max(pollEveryMs, leastRealPollMs * clock.speed())
  const asleep = clock.now() - at > pollsToCatchUp * interval
  bench.state.pollsAt[id] = (asleep ? clock.now() : at) + interval
}

type Due = { id: string; at: number; what: 'device' | 'poll' }

/** The next thing to happen anywhere; what a device does by itself comes before its poll. */
const nextDue = (bench: Bench): Due => {
  const all = Object.values(bench.state.devices).flatMap((device): Due[] => {
    const id = device.enrollmentId
    const own = dueAt(device)
    const next: Due = { id, at: pollOf(bench, id), what: 'poll' }
    return own === undefined ? [next] : [{ id, at: own, what: 'device' }, next]
  })
  const first = all.reduce<Due | undefined>(
    (earliest, due) => (earliest && earliest.at <= due.at ? earliest : due),
    undefined,
  )
  if (!first) throw new Error('the virtual lab has no devices')
  return first
}

const catchUp = (bench: Bench) => {
  const now = bench.ports.clock.now()
  for (let due = nextDue(bench); due.at <= now; due = nextDue(bench)) {
    if (due.what === 'device') take(bench, due.id, { kind: 'time' }, due.at)
    else {
      scheduleNextPoll(bench, due.id, due.at)
      poll(bench, due.id, due.at)
    }
  }
  bench.state.at = now
}

const keepIfChanged = (bench: Bench) => {
  if (!bench.changed) return
  bench.changed = false
  bench.ports.save(bench.state)
}

const enrolAll = (bench: Bench) => {
  for (const device of Object.values(bench.state.devices)) {
    checkIn(bench, device, 'sendsAuthenticate', bench.state.at)
    checkIn(bench, device, 'sendsTokenUpdate', bench.state.at)
  }
  bench.state.enrolled = true
  bench.changed = true
}

/** Lets the lab run from a state; `ports` are its only way to the outside. */
export function createLab(state: LabState, ports: LabPorts): Lab {
  const bench: Bench = { state, changed: false, ports }
  /** Catches up first and keeps the state before the caller is answered. */
  const now = <T>(deed: (at: number) => T): T => {
    catchUp(bench)
    const result = deed(bench.state.at)
    // What the deed made due at once (a poll) happens at once.
    catchUp(bench)
    keepIfChanged(bench)
    return result
  }
  return {
    state: () => bench.state,
    clock: ports.clock,
    advance: () => now(() => undefined),
    nextDueAt: () => nextDue(bench).at,
    enrolOnce: () => now(() => (bench.state.enrolled ? undefined : enrolAll(bench))),
    enqueue: (ids, command) =>
      now(() => {
        const queued = enqueue(bench.state.store, ids, command)
        if ('error' in queued) return queued.error
        bench.state.store = queued.store
        bench.changed = true
        return undefined
      }),
    push: (id) =>
      now((at) => {
        if (!isEnrolled(bench.state.store, id)) return false
        bench.state.pollsAt[id] = Math.min(at + pushDelayMs, pollOf(bench, id))
        return true
      }),
    act: (id, action, value) =>
      now((at) =>
        Object.hasOwn(bench.state.devices, id)
          ? { refused: take(bench, id, { kind: 'action', action, value }, at).refused }
          : undefined,
      ),
    reset: () =>
      now((at) => {
        bench.state = freshState(bench.state.seed, at)
        enrolAll(bench)
      }),
    keep: () => {
      catchUp(bench)
      bench.changed = true
      keepIfChanged(bench)
    },
  }
}
