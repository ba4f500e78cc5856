import { z } from 'zod'
import { isZone } from '@/lib/domain/import/zones'
import { type MaxAges, type ReadingField, readingFieldNames } from '@/lib/domain/reading/reading'
import { type LabSettings, type TwoPersonRelease, twoPersonReleases } from '@/lib/domain/rules/rule'
import { isLabName, maxLabName, settingBounds } from '@/lib/domain/settings'

/** A number as people write it: a comma or a point, blanks around it. */
const written = z
  .string()
  .trim()
  .min(1, 'Write a number.')
  .transform((text, context) => {
    const number = Number(text.replace(',', '.'))
    if (Number.isFinite(number)) return number
    context.addIssue({ code: 'custom', message: `"${text}" is not a number.` })
    return z.NEVER
  })

const whole = ({ min, max }: { min: number; max: number }, unit: string) =>
  written.refine((n) => Number.isInteger(n) && n >= min && n <= max, {
    message: `Write a whole number of ${unit} from ${min} to ${max}.`,
  })

/** A fraction, or a percentage with its sign. A bare 50 could be either and is refused. */
const fraction = z
  .string()
  .trim()
  .transform((text) => (/%$/.test(text) ? shiftedBack(text) : text))
  .pipe(written)
  .refine((n) => n >= settingBounds.minBattery.min && n <= settingBounds.minBattery.max, {
    message: 'Write a fraction from 0 to 1, or a percentage with its sign: 0.50 or 50 %.',
  })

// "55 %" is 0.55 and not 0.5500000000000001, which would show in every verdict.
const shiftedBack = (text: string) => {
  const digits = text.replace('%', '').trim().replace(',', '.')
  const percent = Number(digits)
  if (digits === '' || !Number.isFinite(percent)) return text
  return String(Number((percent / 100).toFixed(6)))
}

const { min: fewest, max } = settingBounds.diskMarginBytes
const gigabytes = written
  .refine((n) => n * 1e9 >= fewest && n * 1e9 <= max, {
    message: `Write gigabytes from ${fewest / 1e9} to ${max / 1e9}.`,
  })
  .transform((n) => Math.round(n * 1e9))

const minutes = whole(settingBounds.maxAges, 'minutes')
// fromEntries loses the key type; readingFieldNames has every field exactly once.
const maxAges = Object.fromEntries(readingFieldNames.map((field) => [field, minutes])) as Record<
  ReadingField,
  typeof minutes
>

/** What the form holds is text, as typed; what comes out is in the units of `LabSettings`. */
export const settingsSchema = z.object({
  minBattery: fraction,
  diskMarginBytes: gigabytes,
  maxUnseenHours: whole(settingBounds.maxUnseenHours, 'hours'),
  holdSeconds: whole(settingBounds.holdSeconds, 'seconds'),
  probeSeconds: whole(settingBounds.probeSeconds, 'seconds'),
  twoPersonRelease: z.enum(twoPersonReleases, 'Choose when two people release.'),
  labName: z
    .string()
    .trim()
    .refine(isLabName, `Write at most ${maxLabName} characters on one line, or nothing.`),
  timeZone: z
    .string()
    .trim()
    .max(60)
    .refine(isZone, 'There is no such time zone. Write one such as Europe/Berlin, or UTC.'),
  maxAges: z.object(maxAges),
})

export type SettingsText = z.input<typeof settingsSchema>

/** What is typed, and the settings that it is typed over. */
export const settingsEditSchema = settingsSchema.extend({ seen: settingsSchema })

export type SettingsEdit = z.input<typeof settingsEditSchema>

/** The settings in force as the form shows them. */
export function settingsText(settings: LabSettings): SettingsText {
  const text = (field: ReadingField) => String(settings.maxAges[field])
  return {
    minBattery: String(settings.minBattery),
    diskMarginBytes: String(settings.diskMarginBytes / 1e9),
    maxUnseenHours: String(settings.maxUnseenHours),
    holdSeconds: String(settings.holdSeconds),
    probeSeconds: String(settings.probeSeconds),
    twoPersonRelease: settings.twoPersonRelease,
    labName: settings.labName,
    timeZone: settings.timeZone,
    // The same: every field, exactly once.
    maxAges: Object.fromEntries(readingFieldNames.map((f) => [f, text(f)])) as Record<
      keyof MaxAges,
      string
    >,
  }
}

type Single = Exclude<keyof SettingsText, 'maxAges' | 'twoPersonRelease' | 'timeZone' | 'labName'>

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
