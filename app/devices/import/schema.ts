import { z } from 'zod'
import { platforms } from '@/lib/domain/device/device'
import { importColumnKeys } from '@/lib/domain/import/columns'
import { type FileChoices, type HeaderMapping, leaveOut } from '@/lib/domain/import/questions'
import { capacityUnits } from '@/lib/domain/import/units'
import { isZone } from '@/lib/domain/import/zones'

/** JSON in a field of the form; what is none is an empty object. */
const json = z
  .string()
  .max(200_000)
  .transform((text, context): unknown => {
    try {
      return text === '' ? undefined : JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'This is not JSON.' })
      return z.NEVER
    }
  })

const choices: z.ZodType<FileChoices> = z.object({
  platform: z.enum(platforms).optional(),
  readAt: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .optional(),
  timeZone: z.string().max(60).refine(isZone, 'There is no such time zone.').optional(),
  dayOrder: z.enum(['dayFirst', 'monthFirst']).optional(),
  batteryUnit: z.enum(['percent', 'fraction']).optional(),
  freeUnit: z.enum(capacityUnits).optional(),
  totalUnit: z.enum(capacityUnits).optional(),
})

const mapping: z.ZodType<HeaderMapping> = z
  .record(
    z.string().max(200),
    z.union([z.enum([...importColumnKeys, leaveOut]), z.templateLiteral(['field:', z.uuid()])]),
  )
  .refine((given) => Object.keys(given).length <= 500, 'More than 500 headers.')

const chosen = z.object({
  file: z.instanceof(File, { message: 'Choose a file.' }),
  mdmServerId: z.union([z.uuid(), z.literal('')]),
  choices: json.pipe(choices.optional()).optional(),
  mapping: json.pipe(mapping.optional()).optional(),
})

// Anything that is no form counts as an empty one, so that the refusal names the first field.
const formOf = z
  .unknown()
  .transform((form) => (form instanceof FormData ? Object.fromEntries(form) : {}))

export const previewForm = formOf.pipe(chosen)
export const importForm = formOf.pipe(chosen.extend({ hash: z.string().regex(/^[0-9a-f]{64}$/) }))

/** The file of a form, as the services take it. */
export const fileOf = async ({ file, mdmServerId, choices, mapping }: z.output<typeof chosen>) => ({
  bytes: new Uint8Array(await file.arrayBuffer()),
  fileName: file.name,
  mdmServerId: mdmServerId || undefined,
  choices,
  mapping,
})
