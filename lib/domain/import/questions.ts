import type { Platform } from '../device/device'
import type { DayOrder } from './times'
import type { BatteryUnit, CapacityUnit } from './units'

/** A person's choices for a file that does not show them itself. */
export type FileChoices = {
  /** The platform of rows that name none. */
  platform?: Platform | undefined
  /** When the readings of a file without times were taken; without it their age is unknown. */
  readAt?: Date | undefined
  /** The zone of times without one: an IANA name such as Europe/Berlin. */
  timeZone?: string | undefined
  dayOrder?: DayOrder | undefined
  batteryUnit?: BatteryUnit | undefined
  freeUnit?: CapacityUnit | undefined
  totalUnit?: CapacityUnit | undefined
}

/** Something that a file does not show, named by the choice that answers it. */
export type FileQuestion = {
  choice: keyof FileChoices
  /** The header of the column in question. */
  header?: string
  reason: string
}

/** The column keys that a person chose, by folded header; `leaveOut` for a column without meaning. */
export type HeaderMapping = Readonly<Record<string, string>>
export const leaveOut = 'leaveOut'
