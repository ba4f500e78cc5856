import { z } from 'zod'
import { environments, platforms } from '@/lib/domain/device/device'
import {
  acceptedDeviceForm,
  type DeviceDraftField,
  draftFieldProblem,
  draftProblems,
} from '@/lib/domain/device/device-draft'
import { passcodeStates } from '@/lib/domain/device/passcode'
import { readTyped, type TypeableField, typeableFields } from '@/lib/domain/reading/typed-reading'
import { maxPrint } from '@/lib/domain/reading/usb-print'
import { minNoteLength, noteLength } from '@/lib/domain/text/reason'

const kept = (field: DeviceDraftField) =>
  z.string().superRefine((text, context) => {
    const problem = draftFieldProblem(field, text)
    if (problem)
      context.addIssue({
        code: 'custom',
        message: `${problem.reason} Accepted: ${problem.accepted}.`,
      })
  })
// Names are kept without the spaces a paste brings; IDs are kept as they are and a space is refused.
const trimmed = (field: DeviceDraftField) => z.string().trim().pipe(kept(field))

/** A device as the form holds it; the action reads the same again. */
export const deviceSchema = z
  .object({
    labTag: trimmed('labTag'),
    name: trimmed('name'),
    enrollmentId: kept('enrollmentId'),
    serial: kept('serial'),
    platform: z.enum(platforms, `Choose ${acceptedDeviceForm('platform')}.`),
    modelIdentifier: trimmed('modelIdentifier'),
    modelName: trimmed('modelName'),
    location: trimmed('location'),
    holder: trimmed('holder'),
    notes: trimmed('notes'),
    mdmServerId: z.union([z.uuid(), z.literal('')]),
    existing: z.object({ deviceId: z.uuid(), seenUpdatedAt: z.coerce.date() }).optional(),
  })
  .superRefine((draft, context) => {
    const mismatch = draftProblems(draft).find(({ field }) => field === 'platform')
    if (mismatch)
      context.addIssue({
        code: 'custom',
        path: ['platform'],
        message: `${mismatch.reason} Accepted: ${mismatch.accepted}.`,
      })
  })
export type DeviceText = z.input<typeof deviceSchema>

const typed = (field: TypeableField) =>
  z
    .string()
    .optional()
    .superRefine((text, context) => {
      if (!text?.trim()) return
      const read = readTyped(field, text)
      if (read.status === 'refused')
        context.addIssue({ code: 'custom', message: `${read.reason} Accepted: ${read.accepted}.` })
    })
// fromEntries loses the key type; typeableFields has every field exactly once.
const texts = Object.fromEntries(typeableFields.map((field) => [field, typed(field)])) as Record<
  TypeableField,
  ReturnType<typeof typed>
>

/** Readings as typed. `minutesAgo` is when they were seen; a browser's clock is not asked. */
export const readingsSchema = z.object({
  deviceId: z.uuid(),
  minutesAgo: z
    .number('Enter a number of minutes.')
    .int('Enter whole minutes.')
    .min(0, 'A reading cannot be in the future.')
    .max(10_080, 'At most 10,080 minutes, which is a week.'),
  texts: z.object(texts),
})
export type ReadingsText = z.input<typeof readingsSchema>

/** What a tool printed over USB; nothing typed is the device's clock. */
export const usbSchema = z.object({
  deviceId: z.uuid(),
  text: z
    .string()
    .min(1, 'Paste what the tool printed, or choose its file.')
    .max(maxPrint, `At most ${maxPrint.toLocaleString('en')} characters.`),
  minutesAgo: z
    .number('Enter a number of minutes.')
    .int('Enter whole minutes.')
    .min(0, 'A reading cannot be in the future.')
    .max(10_080, 'At most 10,080 minutes, which is a week.')
    .optional(),
  vouched: z.boolean(),
})
export type UsbText = z.input<typeof usbSchema>

const reasonSchema = z.object({
  deviceId: z.uuid(),
  reason: z.string().trim().min(minNoteLength, `Say why, ${noteLength}.`).max(500),
})
export const retireSchema = reasonSchema.extend({ to: z.enum(['retired', 'in use']) })

export const idSchema = z.uuid()
export const lossIdSchema = z.number().int().positive()

/** What the list of devices is narrowed to; a filter that is not known is refused, as it would find more devices. */
const filterSchema = z.strictObject({
  verdict: z.enum(['qualified', 'notYet', 'no']).optional(),
  platform: z.enum(platforms).optional(),
  version: z.string().max(40).optional(),
  modelIdentifier: z.string().max(40).optional(),
  passcode: z.enum(passcodeStates).optional(),
  unused: z.boolean().optional(),
  reaches: z.string().max(40).optional(),
  text: z.string().max(200).optional(),
  heldBy: z.string().max(100).optional(),
  offeredTo: z.string().max(100).optional(),
  unheld: z.boolean().optional(),
  fields: z.record(z.uuid(), z.string().max(200)).optional(),
  importId: z.uuid().optional(),
})
export type QueryFilter = z.infer<typeof filterSchema>

const instant = z.coerce.date('Choose a day and a time.')

export const startRunSchema = z.object({
  environment: z.enum(environments),
  filter: filterSchema,
  window: z.object({ from: instant, until: instant }).optional(),
})
export type StartRun = z.input<typeof startRunSchema>

export const stopRunSchema = z.number().int().positive()
