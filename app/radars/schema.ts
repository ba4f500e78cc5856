import { z } from 'zod'
import { platforms } from '@/lib/domain/device/device'
import {
  fixMechanisms,
  maxRadarText,
  type RadarChangeKind,
  radarStates,
} from '@/lib/domain/radar/radar'

/** Generous: what is too long is the service's to refuse, at its field. */
const text = (max: number) => z.string().max(2 * max + 10_000)

/** The text of a report as it is typed. */
const contentSchema = z.object({
  title: text(maxRadarText.title),
  area: text(maxRadarText.area),
  steps: text(maxRadarText.steps),
  expected: text(maxRadarText.expected),
  actual: text(maxRadarText.actual),
  configuration: text(maxRadarText.configuration),
})
export type ContentInput = z.infer<typeof contentSchema>

export const writeSchema = z.object({
  origin: z.union([
    z.strictObject({ contradictionId: z.number().int().positive() }),
    z.strictObject({ trialId: z.uuid() }),
    z.strictObject({
      environment: z.enum(['real', 'simulated']),
      platform: z.enum(platforms),
      startVersion: z.string().max(40),
    }),
  ]),
  content: contentSchema,
})
export type OriginInput = z.infer<typeof writeSchema>['origin']

export const editSchema = z.object({
  radarId: z.uuid(),
  content: contentSchema,
  /** What was typed over. */
  seen: contentSchema.optional(),
})

const changeKinds = radarStates.filter((state): state is RadarChangeKind => state !== 'drafted')

export const changeSchema = z.object({
  radarId: z.uuid(),
  kind: z.enum(changeKinds),
  reason: z.string().max(10_000),
  number: z.string().max(100),
  version: z.string().max(100),
  mechanism: z.enum(fixMechanisms).optional(),
  trials: z.string().max(1000),
})
export type ChangeInput = z.infer<typeof changeSchema>
