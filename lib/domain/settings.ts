import { defaultMaxAges } from './reading/reading'
import type { LabSettings } from './rules/rule'
import { lineProblem } from './text/typed-text'

/** The defaults of a new lab; changed settings are stored and override them. */
export const defaultLabSettings: LabSettings = {
  maxAges: defaultMaxAges,
  minBattery: 0.5,
  diskMarginBytes: 1e9,
  maxUnseenHours: 24,
  holdSeconds: 120,
  probeSeconds: 120,
  twoPersonRelease: 'lastOne',
  labName: '',
  timeZone: 'UTC',
}

type Bounds = { min: number; max: number }

/** The inclusive bounds of each setting, in the units of `LabSettings`. */
export const settingBounds: Record<
  Exclude<keyof LabSettings, 'twoPersonRelease' | 'timeZone' | 'labName'>,
  Bounds
> = {
  /** Of each field, in minutes. */
  maxAges: { min: 1, max: 525_600 },
  minBattery: { min: 0, max: 1 },
  diskMarginBytes: { min: 0, max: 1e12 },
  maxUnseenHours: { min: 1, max: 8760 },
  holdSeconds: { min: 0, max: 3600 },
  probeSeconds: { min: 1, max: 86_400 },
}

type SettingInfo = {
  label: string
  /** Empty if the value has no unit. */
  unit: string
  /** The source of the default; none of them is Apple's. */
  source: string
}

/** Every setting with its unit and the source of its default, for the settings page and the manual. */
export const maxLabName = 40

/** The name on one line, short enough for a label. */
export const isLabName = (text: string): boolean =>
  text.length <= maxLabName && lineProblem(text) === undefined

export const labSettingInfo: Record<keyof LabSettings, SettingInfo> = {
  maxAges: {
    label: 'Maximum age of a reading',
    unit: 'minutes, per field',
    source:
      'Lab policy: passcode, battery and power 10 minutes, disk 60 minutes, OS version and build 24 hours.',
  },
  minBattery: {
    label: 'Minimum battery level',
    unit: 'fraction 0–1',
    source:
      'Lab policy: no source gives a minimum percentage. Radar 45414692 was seen above 0.50 (https://github.com/lionheart/openradar-mirror/issues/20595).',
  },
  diskMarginBytes: {
    label: 'Disk margin beyond download and install size',
    unit: 'bytes',
    source: 'Lab policy: Apple asks for DownloadSize + InstallSize and names no margin.',
  },
  maxUnseenHours: {
    label: 'Maximum time without contact before a device counts as not seen',
    unit: 'hours',
    source: 'Lab policy.',
  },
  holdSeconds: {
    label: 'Hold between release and sending, in which it can be cancelled',
    unit: 'seconds',
    source: 'Lab policy. On a real device it is 10 seconds at least, whatever is set here.',
  },
  probeSeconds: {
    label: 'How often the device of a trial under way is queried for its status and OS',
    unit: 'seconds',
    source: 'Lab policy.',
  },
  twoPersonRelease: {
    label: 'When a second person counter-signs a release',
    unit: '',
    source:
      'Lab policy: the last qualified device at its starting version cannot be replaced. A protocol that asks for two people gets them whatever is set here.',
  },
  labName: {
    label: "The lab's name",
    unit: '',
    source: 'Lab policy: printed on the labels of its devices. No rule reads it.',
  },
  timeZone: {
    label: "The lab's time zone",
    unit: '',
    source:
      'Lab policy: bookings are typed and shown by its clocks. Everything is stored in UTC, and no rule reads it.',
  },
}
