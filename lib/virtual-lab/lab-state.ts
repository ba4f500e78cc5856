import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { ActionValue, LabAction } from './actions'
import { draw } from './chance'
import type { FaultId } from './faults'
import { freshFleet } from './fleet'
import { type DeclarationStore, emptyDeclarationStore } from './kmfddm/declaration-store'
import { emptyStore, type NanomdmStore, type StorageKind } from './nanomdm-store'
import { goodServer, type ServerChange, type ServerHabits } from './server-habits'
import type { PgsqlStore } from './store-pgsql'
import type { VirtualDevice } from './virtual-device'
import type { EnqueuedCommand } from './wire'

/** A reply that a device could not deliver yet: it tries again at `at`, virtual ms, and is silent until then. */
export type PendingReport = { enrollmentId: string; at: number; commandUuid: string; reply: string }

/** The initial content of a lab, to which a reset returns. */
export type LabOrigin = {
  devices: VirtualDevice[]
  script: ScriptStep[]
  storage: StorageKind
  server: ServerHabits
}

/** The saved state of the virtual lab, as plain JSON. */
export type LabState = {
  format: 2
  seed: string
  /** Virtual ms since the lab was filled; time stands still while the process is down. */
  at: number
  /** Whether the devices have enrolled, which they do once. */
  enrolled: boolean
  devices: Record<string, VirtualDevice>
  store: NanomdmStore
  server: ServerHabits
  /** What the KMFDDM beside it holds. */
  declarations: DeclarationStore
  /** The certificates of devices that are not of this lab: SHA-256 by enrollment ID. */
  identities?: Record<string, string> | undefined
  /** When each device polls next, virtual ms. */
  pollsAt: Record<string, number>
  reports: PendingReport[]
  /** The steps still to come, earliest first. */
  script: ScriptStep[]
  /** Left out for the demo's fleet. */
  origin?: LabOrigin | undefined
}

/** Virtual ms between two polls of a device; invented, as real devices come on a push. */
export const pollEveryMs = 60_000

const demo = (storage: StorageKind): LabOrigin => ({
  devices: freshFleet(),
  script: [],
  storage,
  server: goodServer,
})

/** A new lab without enrolled devices, with first polls spread by the seed. `start` is a scenario, or the storage of the demo's fleet. */
export function freshState(
  seed: string,
  at = 0,
  start: LabOrigin | StorageKind = 'pgsql',
): LabState {
  const origin = typeof start === 'string' ? demo(start) : start
  return {
    format: 2,
    seed,
    at,
    enrolled: false,
    devices: Object.fromEntries(origin.devices.map((device) => [device.enrollmentId, device])),
    store: emptyStore(origin.storage),
    server: origin.server,
    declarations: emptyDeclarationStore(),
    pollsAt: Object.fromEntries(
      origin.devices.map(({ enrollmentId }) => [
        enrollmentId,
        at + Math.floor(draw(seed, enrollmentId, 'poll') * pollEveryMs),
      ]),
    ),
    reports: [],
    script: origin.script
      .map((step) => ({ ...step, at: at + step.at }))
      .toSorted((a, b) => a.at - b.at),
    origin: typeof start === 'string' ? undefined : start,
  }
}

/** The first format of the saved state, without the server's behaviour and the devices' faults. */
type FirstFormat = Pick<LabState, 'seed' | 'at' | 'enrolled' | 'pollsAt'> & {
  format: 1
  devices: Record<string, Omit<VirtualDevice, 'faults'>>
  store: Omit<PgsqlStore, 'kind'>
}

const upgraded = (state: FirstFormat): LabState => ({
  ...state,
  format: 2,
  devices: Object.fromEntries(
    Object.entries(state.devices).map(([id, device]) => [id, { ...device, faults: {} }]),
  ),
  store: { kind: 'pgsql', ...state.store },
  server: goodServer,
  declarations: emptyDeclarationStore(),
  reports: [],
  script: [],
})

type SavedState = Omit<LabState, 'declarations'> & { declarations?: DeclarationStore }

const fileIn = (folder: string) => join(folder, 'virtual-lab.json')

/** The saved state; undefined if there is none. Throws on any other file, so that a lab's devices are not lost silently. */
export function loadState(folder: string): LabState | undefined {
  const file = fileIn(folder)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  // Only this program writes the file, and never a part of it; `format` identifies it.
  const state = JSON.parse(text) as SavedState | FirstFormat
  if (state.format === 1) return upgraded(state)
  if (state.format !== 2)
    throw new Error(`${file} is not the state of this virtual lab; move it away to start anew`)
  // States saved before the lab had a KMFDDM are without its part.
  return {
    ...state,
    server: { ...goodServer, ...state.server },
    declarations: state.declarations ?? emptyDeclarationStore(),
  }
}

/** Writes a new file and renames it over the old one, so that a crash leaves the old state or the new one. */
export function saveState(folder: string, state: LabState): void {
  mkdirSync(folder, { recursive: true })
  const file = fileIn(folder)
  const next = `${file}.next`
  const handle = openSync(next, 'w', 0o600)
  try {
    writeSync(handle, JSON.stringify(state))
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(next, file)
}

/** What a script does to one device. */
export type DeviceAction =
  | { kind: 'action'; action: LabAction; value?: ActionValue }
  /** `amount` 0 turns the fault off. */
  | { kind: 'fault'; fault: FaultId; amount: number }
  /** The server is given a command for the device, with a push. */
  | ({ kind: 'send' } & EnqueuedCommand)
  /** The server declares an update; its date is this long after the step, and before it if below zero. */
  | ({ kind: 'declare' } & ScriptedTarget)
  /** The last declared one is withdrawn. */
  | { kind: 'withdraw' }

type ScriptedTarget = {
  targetVersion: string
  targetBuild?: string | undefined
  inMinutes: number
  detailsUrl?: string | undefined
}

/** One line of a script; `at` in virtual ms since the lab was filled. Plain JSON. */
export type ScriptStep =
  | { at: number; enrollmentId: string; action: DeviceAction }
  | { at: number; server: ServerChange }
