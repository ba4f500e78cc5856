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
import type { NanomdmStore } from './nanomdm-store'
import { emptyStore } from './nanomdm-store'
import type { VirtualDevice } from './virtual-device'

/** Everything the virtual lab has to remember, as plain JSON. */
export type LabState = {
  format: 1
  seed: string
  /** Virtual ms since the lab was filled; time stands still while the process is down. */
  at: number
  /** Whether the devices have enrolled; they do it once in the life of a lab. */
  enrolled: boolean
  devices: Record<string, VirtualDevice>
  store: NanomdmStore
  /** When each device polls next, virtual ms. */
  pollsAt: Record<string, number>
}

/** Virtual ms between two polls of a device; invented, as real devices come on a push. */
export const pollEveryMs = 60_000

/** A lab on its first day: the fleet, nothing enrolled, first polls spread by the seed. */
export function freshState(seed: string, at = 0): LabState {
  const fleet = freshFleet()
  return {
    format: 1,
    seed,
    at,
    enrolled: false,
    devices: Object.fromEntries(fleet.map((device) => [device.enrollmentId, device])),
    store: emptyStore(),
    pollsAt: Object.fromEntries(
      fleet.map(({ enrollmentId }) => [
        enrollmentId,
        at + Math.floor(draw(seed, enrollmentId, 'poll') * pollEveryMs),
      ]),
    ),
  }
}

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
  const state = JSON.parse(text) as LabState
  if (state.format !== 1)
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
