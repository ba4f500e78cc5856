import { z } from 'zod'
import { type MaxAges, type ReadingField, readingFieldNames } from '@/lib/domain/reading'
import { type LabSettings, twoPersonReleases } from '@/lib/domain/rule'

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

const whole = (min: number, max: number, unit: string) =>
  written.refine((n) => Number.isInteger(n) && n >= min && n <= max, {
    message: `Write a whole number of ${unit} from ${min} to ${max}.`,
  })

/** A fraction, or a percentage with its sign. A bare 50 could be either and is refused. */
const fraction = z
  .string()
  .trim()
  .transform((text) => (/%$/.test(text) ? shiftedBack(text) : text))
  .pipe(written)
  .refine((n) => n >= 0 && n <= 1, {
    message: 'Write a fraction from 0 to 1, or a percentage with its sign: 0.50 or 50 %.',
  })

// "55 %" is 0.55 and not 0.5500000000000001, which would show in every verdict.
const shiftedBack = (text: string) => {
  const digits = text.replace('%', '').trim().replace(',', '.')
  const percent = Number(digits)
  if (digits === '' || !Number.isFinite(percent)) return text
  return String(Number((percent / 100).toFixed(6)))
}

const gigabytes = written
  .refine((n) => n >= 0 && n <= 1000, { message: 'Write gigabytes from 0 to 1000.' })
  .transform((n) => Math.round(n * 1e9))

const minutes = whole(1, 525_600, 'minutes')
// fromEntries loses the key type; readingFieldNames has every field exactly once.
const maxAges = Object.fromEntries(readingFieldNames.map((field) => [field, minutes])) as Record<
  ReadingField,
  typeof minutes
>

/** What the form holds is text, as typed; what comes out is in the units of `LabSettings`. */
export const settingsSchema = z.object({
  minBattery: fraction,
  diskMarginBytes: gigabytes,
  maxUnseenHours: whole(1, 8760, 'hours'),
  holdSeconds: whole(0, 3600, 'seconds'),
  probeSeconds: whole(1, 86_400, 'seconds'),
  twoPersonRelease: z.enum(twoPersonReleases, 'Choose when two people release.'),
  maxAges: z.object(maxAges),
})

export type SettingsText = z.input<typeof settingsSchema>

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
    // The same: every field, exactly once.
    maxAges: Object.fromEntries(readingFieldNames.map((f) => [f, text(f)])) as Record<
      keyof MaxAges,
      string
    >,
  }
}
