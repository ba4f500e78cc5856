import { z } from 'zod'
import { contradictionKinds } from '@/lib/domain/contradiction/finding'
import { environments, platforms } from '@/lib/domain/device/device'
import { acceptedBuild, acceptedVersion } from '@/lib/domain/device/os-version'
import { passcodeStates } from '@/lib/domain/device/passcode'
import { endStates, outcomes } from '@/lib/domain/outcome/outcome'
import {
  type LabManifest,
  type LabTrial,
  labForms,
  labIdForm,
  labReportFormat,
  labTrialsName,
  maxLabContradictions,
  maxLabTrials,
  maxUnpackedLabBytes,
  trialKeyForm,
} from '@/lib/domain/report/lab-report'
import { reviewStates } from '@/lib/domain/review/review'
import { isLabName, maxLabName } from '@/lib/domain/settings'
import { requestTypes } from '@/lib/domain/trial/command-slot'
import { batteryBands, factors, type ListedFactor } from '@/lib/domain/trial/factors'
import { primaryOutcomes } from '@/lib/domain/trial/primary-outcome'

// The one definition of a report for other labs, for the file that leaves and for one that comes: a test writes
// docs/lab-report.schema.json from it. Null means that the record does not say, or that the value did not have its form.

const formed = (form: RegExp, accepted: string) =>
  z
    .string()
    .max(200)
    .regex(form, { error: `Not accepted here. Accepted: ${accepted}.` })
const version = formed(labForms.version, acceptedVersion)
const build = formed(labForms.build, acceptedBuild)
const hex = (form: RegExp, digits: number) =>
  z.string().regex(form, { error: `Not accepted here. Accepted: ${digits} hexadecimal digits.` })

// Object.keys returns string[]; the type of the object has every value.
const ofFactor = <F extends ListedFactor>(name: F) =>
  z.enum(Object.keys(factors[name].values) as (keyof (typeof factors)[F]['values'] & string)[])

const battery = z.enum([...batteryBands.map(({ value }) => value), 'notApplicable', 'unknown'])

const contradiction = z.strictObject({
  requestType: z.enum(requestTypes),
  path: formed(labForms.path, 'key names of letters, joined by dots'),
  kind: z.enum(contradictionKinds),
  observed: formed(labForms.observed, 'a type, a number, an error code or words of letters')
    .nullable()
    .meta({ description: 'null: a text of the device that did not leave' }),
  osVersion: version,
})

const labTrial = z.strictObject({
  trial: hex(trialKeyForm, 32).meta({
    description: 'the same in every file of that lab, and not the ID that the trial has there',
  }),
  platform: z.enum(platforms),
  model: formed(labForms.model, 'a model identifier such as iPad4,1').nullable(),
  ...{ startOs: version, startBuild: build.nullable() },
  target: formed(labForms.target, 'a version, or a key such as iOSUpdate16B92').nullable(),
  action: formed(labForms.action, 'InstallActions, joined by commas').nullable(),
  releasedOn: z.iso.date().nullable().meta({ description: 'in UTC' }),
  end: z.enum(endStates).nullable(),
  ...{ endOs: version.nullable(), endBuild: build.nullable() },
  ...{ primaryOutcome: z.enum(primaryOutcomes), outcome: z.enum(outcomes) },
  overruled: z.boolean().meta({ description: 'decided against the proposal' }),
  againstBuilds: z.boolean().meta({ description: 'contradicts the OS before and after' }),
  review: z.enum(['none', ...reviewStates]),
  ...{ passcode: z.enum(passcodeStates), power: ofFactor('power'), battery },
  ...{ network: ofFactor('network'), treatment: ofFactor('treatment') },
  contradictions: z.array(contradiction).max(maxLabContradictions),
  contradictionsLeftOut: z.int().min(0).max(100_000),
}) satisfies z.ZodType<LabTrial>

export const labTrialsSchema = z.array(labTrial).min(1).max(maxLabTrials)

export const labManifestSchema = z.strictObject({
  format: z.literal(labReportFormat),
  version: z.literal(1),
  id: z.uuid(),
  name: z.string().regex(/^F-\d{1,9}$/, { error: 'Accepted: F- and a number.' }),
  lab: z.strictObject({
    id: hex(labIdForm, 64),
    name: z
      .string()
      .min(1)
      .refine(isLabName, { error: `Accepted: 1 to ${maxLabName} characters on one line.` }),
  }),
  environment: z.enum(environments),
  mark: z.string().max(200).nullable(),
  frozenAt: z.iso.datetime(),
  trials: z.array(hex(trialKeyForm, 32)).min(1).max(maxLabTrials),
  files: z
    .array(
      z.strictObject({
        name: z.literal(labTrialsName),
        bytes: z.int().min(1).max(maxUnpackedLabBytes),
        sha256: hex(labIdForm, 64),
      }),
    )
    .length(1),
}) satisfies z.ZodType<LabManifest>

/** The published schema, docs/lab-report.schema.json: of both files of the ZIP. */
export const labReportJsonSchema = () =>
  z.toJSONSchema(
    z.strictObject({ 'manifest.json': labManifestSchema, [labTrialsName]: labTrialsSchema }).meta({
      title: 'Report of Oneway for other labs',
      description: 'Each key is a file of the ZIP. Null means that the record does not say.',
    }),
    { target: 'draft-2020-12' },
  )
