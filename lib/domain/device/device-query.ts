import type { Platform } from './device'

export const deviceSorts = ['labTag', 'name', 'osVersion', 'lastSeen', 'verdict', 'added'] as const
export type DeviceSort = (typeof deviceSorts)[number]
export const sortDirections = ['asc', 'desc'] as const
export type SortDirection = (typeof sortDirections)[number]

/** What the device list is narrowed to; what is left out narrows nothing. */
export type DeviceFilter = {
  verdict?: 'qualified' | 'notYet' | 'no' | undefined
  platform?: Platform | undefined
  /** The OS version as it was read, e.g. "11.4.1". */
  version?: string | undefined
  modelIdentifier?: string | undefined
  /** Part of the lab tag, name, serial, enrollment ID, model, location or holder, in any letter case. */
  text?: string | undefined
  /** Devices of this import only. */
  importId?: string | undefined
  /** Retired devices only; without it, those in use only. */
  retired?: boolean | undefined
}
