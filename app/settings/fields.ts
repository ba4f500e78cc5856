import type { TwoPersonRelease } from '@/lib/domain/rules/rule'
import type { SettingsText } from './schema'

export type Single = Exclude<keyof SettingsText, 'maxAges' | 'twoPersonRelease'>

/** How each is written, with its unit. */
export const units: Record<Single, string> = {
  minBattery: '0–1, or a percentage with its sign',
  diskMarginBytes: 'gigabytes of 10⁹ bytes',
  maxUnseenHours: 'hours',
  holdSeconds: 'seconds',
  probeSeconds: 'seconds',
}
// Object.keys answers string[]; the object above is complete by its type.
export const singles = Object.keys(units) as Single[]

export const twoPersonChoices: { value: TwoPersonRelease; label: string }[] = [
  { value: 'always', label: 'at every release' },
  {
    value: 'lastOne',
    label: 'for the last qualified device at its starting version, by a lead',
  },
  {
    value: 'protocolOnly',
    label:
      'for the last qualified real device at its starting version, by a lead; for virtual devices only where the protocol asks',
  },
]
