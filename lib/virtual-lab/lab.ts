import type { ActionValue, LabAction } from './actions'
import type { Bench, LabPorts } from './bench'
import type { LabClock } from './clock'
import { pursue } from './declarative/pursue'
import { type Enqueue, playDeclaration } from './declarative/scripted'
import type { VariantId } from './declarative/variants'
import type { FaultId } from './faults'
import type { DeclarationStore } from './kmfddm/declaration-store'
import type { LabState, ScriptStep } from './lab-state'
import { freshState, pollEveryMs } from './lab-state'
import { emptyStore, enqueue, isEnrolled } from './nanomdm-store'
import { dueAt } from './pass-time'
import type { ServerChange } from './server-habits'
import { checkIn, deliverLate, momentOf, poll, pollOf, speak, take } from './session'
import type { Offer, VirtualDevice } from './virtual-device'
import type { VisitorAnswer, VisitorMessage } from './visitors'
import { receiveVisitor } from './visitors'
import type { EnqueuedCommand } from './wire'

export type { LabPorts } from './bench'

/** Why something was refused, if it was. */
type Refused = { refused?: string | undefined }

/** The running lab: its devices, the MDM server's storage, and their common clock. */
export type Lab = {
  state(): LabState
  clock: LabClock
  /** Performs everything that is due by now; every other function does so first. */
  advance(): void
  /** Virtual ms of the next thing to happen. */
  nextDueAt(): number
  /** Enrols the devices, if they have not yet. */
  enrolOnce(): void
  /** The error text of the store, or undefined when the command is queued for every id. */
  enqueue(ids: readonly string[], command: EnqueuedCommand): string | undefined
  /** Whether the id is known; a known device polls within a moment. */
  push(id: string): boolean
  /** Keeps what KMFDDM has changed. */
  keepDeclarations(store: DeclarationStore): void
  /** A message of a device that is not of this lab. */
  receive(message: VisitorMessage): VisitorAnswer
  /** Undefined for an unknown device. */
  act(id: string, action: LabAction, value: ActionValue): Refused | undefined
  /** Undefined for an unknown device; `amount` 0 turns the fault off. */
  setFault(id: string, fault: FaultId, amount: number): Refused | undefined
  /** How the device behaves in a point on which sources disagree. */
  setVariant(id: string, variant: VariantId, value: string): void
  /** Adds a device, which enrols at once; a reset takes it away. */
  add(device: VirtualDevice): Refused
  /** What Apple offers the device from now on, as after a release; undefined for an unknown device. */
  offer(id: string, offers: readonly Offer[]): Refused | undefined
  /** A change of the storage starts with an empty one, in which every device enrols again. */
  setServer(change: ServerChange): void
  /** Starts again with the same seed; the devices enrol again. */
  reset(): void
  /** Saves the present state, including the time. */
  keep(): void
}

/** Virtual ms between a push and the poll it causes; invented. */
const pushDelayMs = 500
/** The minimum real ms between two polls of a device, so that a very fast lab does not overload the app. */
const minRealPollMs = 1_000
/** A lab that was suspended for more polls than this leaves the others out. */
const pollsToCatchUp = 10

const scheduleNextPoll = (bench: Bench, id: string, at: number) => {
  const { clock } = bench.ports
  const interval = Math.max(pollEveryMs, minRealPollMs * clock.speed())
  const asleep = clock.now() - at > pollsToCatchUp * interval
  bench.state.pollsAt[id] = (asleep ? clock.now() : at) + interval
}

const enrol = (bench: Bench, device: VirtualDevice, at: number) => {
  checkIn(bench, device, 'sendsAuthenticate', at)
  checkIn(bench, device, 'sendsTokenUpdate', at)
  bench.changed = true
}

const enrolAll = (bench: Bench, at: number) => {
  for (const device of Object.values(bench.state.devices)) enrol(bench, device, at)
  bench.state.enrolled = true
  bench.changed = true
}

const addTo = (bench: Bench, device: VirtualDevice, at: number): Refused => {
  const { devices, pollsAt } = bench.state
  const same = (['labTag', 'enrollmentId', 'serial'] as const).find((key) =>
    Object.values(devices).some((other) => other[key] === device[key]),
  )
  if (same) return { refused: `the lab has a device with the ${same} ${device[same]}` }
  devices[device.enrollmentId] = device
  pollsAt[device.enrollmentId] = at + pollEveryMs
  enrol(bench, device, at)
  return {}
}

const pushTo = (bench: Bench, id: string, at: number): boolean => {
  if (!isEnrolled(bench.state.store, id)) return false
  if (bench.state.server.push === 'ok')
    bench.state.pollsAt[id] = Math.min(at + pushDelayMs, pollOf(bench, id))
  return true
}

const queueFor = (bench: Bench, ids: readonly string[], command: EnqueuedCommand) => {
  const queued = enqueue(bench.state.store, ids, command)
  if ('error' in queued) return queued.error
  bench.state.store = queued.store
  bench.changed = true
  return undefined
}

const changeServer = (bench: Bench, { storage, ...habits }: ServerChange, at: number) => {
  bench.state.server = { ...bench.state.server, ...habits }
  bench.changed = true
  if (storage === undefined || storage === bench.state.store.kind) return
  bench.state.store = emptyStore(storage)
  bench.state.identities = undefined
  enrolAll(bench, at)
}

/** Plays one step of the script; a step that is impossible at that moment is left out. */
const play = (bench: Bench, step: ScriptStep) => {
  bench.state.script = bench.state.script.filter((other) => other !== step)
  bench.changed = true
  const { at } = step
  if ('server' in step) return changeServer(bench, step.server, at)
  const { enrollmentId: id, action } = step
  if (action.kind === 'declare' || action.kind === 'withdraw') {
    const enqueue: Enqueue = (command) => {
      if (!bench.state.server.queueFails) queueFor(bench, [id], command)
      pushTo(bench, id, at)
    }
    return playDeclaration(bench, { id, action, at }, enqueue)
  }
  if (action.kind !== 'send') return void take(bench, id, action, at)
  const { kind: _kind, ...command } = action
  if (!bench.state.server.queueFails) queueFor(bench, [id], command)
  pushTo(bench, id, at)
}

type Due = { at: number; happen(): void }

const dueOfDevices = (bench: Bench): Due[] =>
  Object.values(bench.state.devices).flatMap((device) => {
    const id = device.enrollmentId
    const [own, next] = [dueAt(device), pollOf(bench, id)]
    const polls = () => {
      scheduleNextPoll(bench, id, next)
      poll(bench, id, next)
    }
    const lives =
      own === undefined
        ? []
        : [{ at: own, happen: () => void take(bench, id, { kind: 'time' }, own) }]
    return [...lives, { at: next, happen: polls }]
  })

/** The next thing due in the lab. At the same moment: the script, late replies, what a device does by itself, its poll. */
const nextDue = (bench: Bench): Due => {
  const steps = bench.state.script.map((step) => ({ at: step.at, happen: () => play(bench, step) }))
  const reports = bench.state.reports.map((report) => {
    const { at } = report
    return { at, happen: () => deliverLate(bench, report, at) }
  })
  const all = [...steps, ...reports, ...dueOfDevices(bench)]
  const first = all.reduce<Due | undefined>(
    (earliest, due) => (earliest && earliest.at <= due.at ? earliest : due),
    undefined,
  )
  if (!first) throw new Error('the virtual lab has no devices')
  return first
}

const catchUp = (bench: Bench) => {
  const now = bench.ports.clock.now()
  for (let due = nextDue(bench); due.at <= now; due = nextDue(bench)) due.happen()
  bench.state.at = now
}

const keepIfChanged = (bench: Bench) => {
  if (!bench.changed) return
  bench.changed = false
  bench.ports.save(bench.state)
}

const startAnew = (bench: Bench, at: number) => {
  const { seed, origin, store } = bench.state
  bench.state = freshState(seed, at, origin ?? store.kind)
  enrolAll(bench, at)
}

/** Creates a lab from a state; `ports` are its only connection to the outside. */
export function createLab(state: LabState, ports: LabPorts): Lab {
  const bench: Bench = { state, changed: false, ports }
  /** Catches up before the action, and saves the state before the caller is answered. */
  const now = <T>(action: (at: number) => T): T => {
    catchUp(bench)
    const result = action(bench.state.at)
    // Performs what the action has made due, such as a poll.
    catchUp(bench)
    keepIfChanged(bench)
    return result
  }
  const touch = (id: string, input: Parameters<typeof take>[2]) =>
    now((at) =>
      Object.hasOwn(bench.state.devices, id)
        ? { refused: take(bench, id, input, at).refused }
        : undefined,
    )
  return {
    state: () => bench.state,
    clock: ports.clock,
    advance: () => now(() => undefined),
    nextDueAt: () => nextDue(bench).at,
    enrolOnce: () => now((at) => (bench.state.enrolled ? undefined : enrolAll(bench, at))),
    enqueue: (ids, command) => now(() => queueFor(bench, ids, command)),
    push: (id) => now((at) => pushTo(bench, id, at)),
    keepDeclarations: (store) =>
      now(() => {
        bench.state.declarations = store
        bench.changed = true
      }),
    receive: (message) => now(() => receiveVisitor(bench, message)),
    act: (id, action, value) => touch(id, { kind: 'action', action, value }),
    setFault: (id, fault, amount) => touch(id, { kind: 'fault', fault, amount }),
    setVariant: (id, variant, value) =>
      now((at) => {
        const device = bench.state.devices[id]
        if (!device) return
        const changed = { ...device, variants: { ...device.variants, [variant]: value } }
        bench.state.devices[id] = pursue(changed, momentOf(bench, at))
        bench.changed = true
        speak(bench, id, at)
      }),
    add: (device) => now((at) => addTo(bench, device, at)),
    offer: (id, offers) =>
      now(() => {
        const device = bench.state.devices[id]
        if (!device) return undefined
        const offered = { ...device, offers: [...offers] }
        bench.state.devices[id] = pursue(offered, momentOf(bench, bench.state.at))
        bench.changed = true
        speak(bench, id, bench.state.at)
        return {}
      }),
    setServer: (change) => now((at) => changeServer(bench, change, at)),
    reset: () => now((at) => startAnew(bench, at)),
    keep: () => {
      catchUp(bench)
      bench.changed = true
      keepIfChanged(bench)
    },
  }
}
