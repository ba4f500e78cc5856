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
import { draw } from './chance'
import { freshFleet } from './fleet'
import type { NanomdmStore, StorageKind } from './nanomdm-store'
import { emptyStore } from './nanomdm-store'
import type { ScriptStep } from './script'
import type { ServerHabits } from './server-habits'
import { goodServer } from './server-habits'
import type { PgsqlStore } from './store-pgsql'
import type { VirtualDevice } from './virtual-device'

/** A reply that a device could not deliver yet: it tries again at `at`, virtual ms, and is silent until then. */
export type PendingReport = { enrollmentId: string; at: number; commandUuid: string; reply: string }

/** What a lab begins with, and what a reset gives it back. */
export type LabOrigin = {
  devices: VirtualDevice[]
  script: ScriptStep[]
  storage: StorageKind
  server: ServerHabits
}

/** Everything the virtual lab has to remember, as plain JSON. */
export type LabState = {
  format: 2
  seed: string
  /** Virtual ms since the lab was filled; time stands still while the process is down. */
  at: number
  /** Whether the devices have enrolled; they do it once in the life of a lab. */
  enrolled: boolean
  devices: Record<string, VirtualDevice>
  store: NanomdmStore
  server: ServerHabits
  /** The certificates of devices that are not of this lab: SHA-256 by enrollment ID. */
  identities?: Record<string, string> | undefined
  /** When each device polls next, virtual ms. */
  pollsAt: Record<string, number>
  reports: PendingReport[]
  /** The steps still to come, earliest first. */
  script: ScriptStep[]
  /** Left out where it is the demo's fleet. */
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

/** A lab on its first day: nothing enrolled, first polls spread by the seed. `start` is a scenario, or the storage of the demo's fleet. */
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

/** The state as it was written before servers had habits and devices faults. */
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
  reports: [],
  script: [],
})

const fileIn = (folder: string) => join(folder, 'virtual-lab.json')

/** The kept state, undefined when there is none. Throws on a file that is not one: a lab's devices are not to be forgotten in silence. */
export function loadState(folder: string): LabState | undefined {
  const file = fileIn(folder)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  // Only this program writes the file, whole or not at all; `format` tells whose it is.
  const state = JSON.parse(text) as LabState | FirstFormat
  if (state.format === 1) return upgraded(state)
  if (state.format !== 2)
    throw new Error(`${file} is not the state of this virtual lab; move it away to start anew`)
  return state
}

/** Writes beside the old file and renames over it, so a crash leaves the old state or the new one. */
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
