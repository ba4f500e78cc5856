import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import { listClaimVersions } from '@/lib/db/queries/claims'
import { listProtocolVersions, type ProtocolVersion } from '@/lib/db/queries/trials/protocols'
import type { Actor } from '@/lib/domain/account/permissions'
import { readingFieldNames } from '@/lib/domain/reading/reading'
import { uuidForm } from '@/lib/domain/text/typed-text'
import { designLimits } from '@/lib/domain/trial/arm-rules'
import { type ArmFactor, armFactors, armStrata } from '@/lib/domain/trial/design'
import { installActions } from '@/lib/domain/trial/install-action'
import { comparedKinds } from '@/lib/domain/trial/observation'
import { primaryOutcomeOf, primaryOutcomes } from '@/lib/domain/trial/primary-outcome'
import type { ProtocolPlan, SlotPlan } from '@/lib/domain/trial/protocol'
import { planLimits, planProblems } from '@/lib/domain/trial/protocol-rules'
import { slotLimits } from '@/lib/domain/trial/slot-rules'
import { forbidden, type Refusal, refused } from '../shared/result'

/** The longest file that is read, in characters: a protocol at all its limits is longer than anybody writes. */
const maxCharacters = 400_000

const text = z.string().max(planLimits.text)
const range = z.strictObject({ min: z.number().optional(), max: z.number().optional() })

const level = z.string().max(planLimits.title).optional()
const levels = z.strictObject({
  ...{ passcode: level, power: level, network: level, action: level, hour: level },
} satisfies Record<ArmFactor, typeof level>)

/** Factors, arms and their assignment. The seed of a lab is no part of it. */
const designSchema = z.strictObject({
  factors: z.array(
    z.strictObject({
      factor: z.enum(armFactors),
      levels: z.array(z.string()).max(designLimits.levels),
    }),
  ),
  arms: z
    .array(z.strictObject({ name: z.string().max(designLimits.name), weight: z.int(), levels }))
    .max(designLimits.arms),
  strata: z.array(z.enum(armStrata)),
  blocks: z.array(z.int()).max(designLimits.blocks),
  planned: z.int().optional(),
})

const commandSchema = z.strictObject({
  /** Left out in a version; a file may say it. */
  mechanism: z.literal('command').optional(),
  installAction: z.enum(installActions),
  productKey: z.string().optional(),
  productVersion: z.string().optional(),
  lookAt: text.optional(),
  expect: text.optional(),
})

const declarationSchema = z.strictObject({
  mechanism: z.literal('declaration'),
  targetVersion: z.string(),
  targetBuild: z.string().optional(),
  when: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('asSoonAsPossible') }),
    z.strictObject({ kind: z.literal('atLocalTime'), daysLater: z.int(), clock: z.string() }),
  ]),
  detailsUrl: z.string().max(slotLimits.detailsUrl).optional(),
  lookAt: text.optional(),
  expect: text.optional(),
})

const planSchema = z.strictObject({
  title: z.string().max(planLimits.title),
  question: text,
  hypothesis: text.optional(),
  inclusion: text.optional(),
  exclusion: text.optional(),
  slots: z
    .array(z.discriminatedUnion('mechanism', [commandSchema, declarationSchema]))
    .max(planLimits.slots),
  conditions: z.strictObject({
    battery: range.optional(),
    externalPower: z.boolean().optional(),
    passcode: z.enum(['set', 'notSet']).optional(),
    freeBytes: range.optional(),
    network: z.enum(['wifi', 'cellular', 'wired', 'none']).optional(),
    automaticUpdates: z.enum(['on', 'off']).optional(),
    freshReadings: z.array(z.enum(readingFieldNames)).optional(),
  }),
  steps: z
    .array(
      z.strictObject({
        doThis: text,
        lookAt: text.optional(),
        expect: text,
        sightings: z.array(z.enum(comparedKinds)).optional(),
      }),
    )
    .max(planLimits.steps),
  expectedOutcome: text,
  primaryOutcome: z.enum(primaryOutcomes),
  deadlineMinutes: z.int(),
  stopRule: text.optional(),
  twoPersonRelease: z.boolean().optional(),
  secondReader: z.boolean().optional(),
  design: designSchema.optional(),
})

/** A version of a protocol as a file: docs/protocol-file.schema.json is this schema. No person is named in it. */
export const protocolFileSchema = z.strictObject({
  format: z.literal('oneway-protocol'),
  version: z.literal(1),
  exportedAt: z.iso.datetime(),
  /** The version in the lab it comes from. */
  protocolVersion: z.int().positive(),
  plan: planSchema,
  /** What its trials test, in words: the numbers of claims mean something else in another lab. */
  claims: z.array(z.string()).max(planLimits.claims),
})

type ProtocolFile = z.output<typeof protocolFileSchema>

/** One version as a file; the newest one where none is named. */
export async function exportProtocol(
  db: Db,
  actor: Actor,
  { protocolId, version }: { protocolId: string; version: number | undefined },
  now: Date,
): Promise<
  { status: 'ready'; file: ProtocolFile } | { status: 'absent'; reason: string } | Refusal
> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const versions = uuidForm.test(protocolId) ? await listProtocolVersions(db, protocolId) : []
  const found = versions.find((one) => version === undefined || one.version === version)
  if (!found) return { status: 'absent', reason: 'There is no such version of a protocol.' }
  return { status: 'ready', file: await fileOf(db, found, now) }
}

async function fileOf(db: Db, { version, plan }: ProtocolVersion, now: Date) {
  const { claims = [], ...rest } = plan
  const all = claims.length === 0 ? [] : await listClaimVersions(db)
  const said = claims.flatMap((ref) =>
    all
      .filter((one) => one.number === ref.claim && one.version === ref.version)
      .map(({ statement }) => statement),
  )
  return protocolFileSchema.parse({
    ...{ format: 'oneway-protocol', version: 1, exportedAt: now.toISOString() },
    protocolVersion: version,
    plan: { ...rest, primaryOutcome: primaryOutcomeOf(plan) },
    claims: said,
  })
}

/**
 * The plan in a file, which is shown before anything is saved. A file that is none is refused with the first field that is
 * wrong, such as `plan.slots.0.installAction`.
 */
export async function readProtocolFile(
  actor: Actor,
  given: string,
): Promise<{ status: 'read'; plan: ProtocolPlan; claims: string[] } | Refusal> {
  const no = forbidden(actor, 'editProtocol')
  if (no) return no
  if (given.length > maxCharacters)
    return refused(`The file is longer than ${maxCharacters.toLocaleString('en')} characters.`)
  let json: unknown
  try {
    json = JSON.parse(given.replace(/^\uFEFF/, ''))
  } catch (error) {
    return refused(`The file is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  const parsed = protocolFileSchema.safeParse(json)
  if (!parsed.success) return inFile(parsed.error.issues[0])
  const { plan: written, claims } = parsed.data
  const plan = { ...written, slots: written.slots.map(slotOf) }
  const [problem] = planProblems(plan)
  if (problem) return refused(`plan.${problem.field}: ${problem.reason}`, `plan.${problem.field}`)
  return { status: 'read', plan, claims }
}

/** A command of a version has no mechanism, so that the same protocol has one form and one hash. */
function slotOf(slot: z.output<typeof planSchema>['slots'][number]): SlotPlan {
  if (slot.mechanism === 'declaration') return slot
  const { mechanism: _, ...command } = slot
  return command
}

function inFile(issue: z.core.$ZodIssue | undefined): Refusal {
  if (!issue) return refused('The file is no protocol.')
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys : []
  const field = [...issue.path, ...unknown.slice(0, 1)].join('.')
  const said =
    unknown.length > 0
      ? 'there is no such field'
      : `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`
  return field === ''
    ? refused(`The file is no protocol: ${said}.`)
    : refused(`${field}: ${said}`, field)
}
