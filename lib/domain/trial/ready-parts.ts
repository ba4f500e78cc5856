import type { Citation } from '../rules/rule'
import type { ProtocolPlan } from './protocol'

/** A protocol to begin with. Its commands have no target yet: the writer names the version the devices are offered. */
export type ReadyProtocol = {
  /** Its name in the address. */
  key: string
  /** What to know before choosing it. */
  about: string
  cites: readonly Citation[]
  plan: ProtocolPlan
}

export const download = {
  installAction: 'Default',
  lookAt: 'Settings > General > Software Update',
  expect: 'The update downloads; nothing is installed.',
} as const

export const downloadStep = {
  doThis: 'Release command 1 and wait until the update is downloaded',
  lookAt: 'Settings > General > Software Update',
  expect: 'The update is downloaded, and the device still runs its version.',
  sightings: ['downloadSeen'],
} as const

export const readAbout = {
  doThis: 'Read version and build, then query the device',
  lookAt: 'Settings > General > About',
  expect: 'The target and its build.',
  sightings: ['newOsSeen'],
} as const

export const noThirdCommand =
  'Send nothing more. One more ScheduleOSUpdate is a treatment of its own: it can start at once what was put off.'
