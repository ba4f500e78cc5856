import type { Platform } from '../device/device'
import type { BatteryUnit } from './battery'
import type { DayOrder } from './times'
import type { CapacityUnit } from './units'

/** What a person says of a whole file, where it does not tell by itself. */
export type FileChoices = {
  /** Of rows that name none. */
  platform?: Platform | undefined
  /** When the readings of a file without times were taken; else their age is unknown. */
  readAt?: Date | undefined
  /** Of times without one: an IANA name such as Europe/Berlin. */
  timeZone?: string | undefined
  dayOrder?: DayOrder | undefined
  batteryUnit?: BatteryUnit | undefined
  freeUnit?: CapacityUnit | undefined
  totalUnit?: CapacityUnit | undefined
}

/** One thing a file leaves open, named by the choice that answers it. */
export type FileQuestion = {
  choice: keyof FileChoices
  /** The header it is about. */
  header?: string
  reason: string
}

/** Column keys a person gave headers, by the folded header; `leaveOut` where it means nothing. */
export type HeaderMapping = Readonly<Record<string, string>>
export const leaveOut = 'leaveOut'
