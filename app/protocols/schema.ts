import { z } from 'zod'
import { claimName } from '@/lib/domain/claim/claim'
import { readingFieldNames } from '@/lib/domain/reading/reading'
import { observationKinds } from '@/lib/domain/trial/observation'
import type { PlanProblem } from '@/lib/domain/trial/plan-problem'
import {
  primaryOutcomeOf,
  primaryOutcomes,
  proposedPrimaryOutcome,
} from '@/lib/domain/trial/primary-outcome'
import type { ClaimRef, ProtocolPlan, StartingConditions } from '@/lib/domain/trial/protocol'
import { planProblems } from '@/lib/domain/trial/protocol-rules'
import {
  designField,
  designFields,
  designLabel,
  designOf,
  designText,
  emptyDesign,
} from './design-text'
import {
  emptySlot,
  number,
  section,
  slotFields,
  slotOf,
  slotText,
  text,
  written,
} from './slot-text'

const choice = <T extends string>(values: readonly [T, ...T[]]) => z.enum(['', ...values])

const claimForm = /^C-([1-9]\d{0,8}) version ([1-9]\d{0,8})$/

/** What the editor holds: everything as it is typed, so that nothing typed is lost. */
export const protocolFields = z.object({
  title: text,
  question: text,
  hypothesis: section,
  inclusion: section,
  exclusion: section,
  slots: z.array(slotFields),
  batteryMin: text,
  batteryMax: text,
  externalPower: choice(['yes', 'no']),
  passcode: choice(['set', 'notSet']),
  freeGbMin: text,
  freeGbMax: text,
  network: choice(['wifi', 'cellular', 'wired', 'none']),
  automaticUpdates: choice(['on', 'off']),
  freshReadings: z.array(z.enum(readingFieldNames)).default([]),
  steps: z.array(
    z.object({
      doThis: text,
      lookAt: section,
      expect: text,
      sightings: z.array(z.enum(observationKinds)),
    }),
  ),
  expectedOutcome: text,
  /** Empty for the one that the commands suggest. */
  primaryOutcome: choice(primaryOutcomes).default(''),
  deadlineMinutes: text,
  stopRule: section,
  twoPersonRelease: z.boolean(),
  secondReader: z.boolean(),
  design: designFields.default(emptyDesign),
  /** Such as "C-3 version 2". */
  claims: z.array(z.string().regex(claimForm)).max(50),
})

export type ProtocolText = z.infer<typeof protocolFields>

export const emptyStep = (): ProtocolText['steps'][number] => ({
  doThis: '',
  lookAt: '',
  expect: '',
  sightings: [],
})

export const emptyProtocol: ProtocolText = {
  title: '',
  question: '',
  hypothesis: '',
  inclusion: '',
  exclusion: '',
  slots: [emptySlot()],
  batteryMin: '',
  batteryMax: '',
  externalPower: '',
  passcode: '',
  freeGbMin: '',
  freeGbMax: '',
  network: '',
  automaticUpdates: '',
  freshReadings: [],
  steps: [emptyStep()],
  expectedOutcome: '',
  primaryOutcome: '',
  deadlineMinutes: '120',
  stopRule: '',
  twoPersonRelease: false,
  secondReader: false,
  design: emptyDesign,
  claims: [],
}

/** 0.5 and 50 % are half; a bare 50 stays 50, which the plan's own check refuses. */
const fraction = (typed: string): number | undefined => {
  const percent = /^(.*)%$/.exec(typed.trim())?.[1]
  const value = number(percent ?? typed)
  return percent === undefined || value === undefined ? value : value / 100
}

const gigabytes = (typed: string): number | undefined => {
  const value = number(typed)
  return value === undefined ? undefined : Math.round(value * 1e9)
}

const range = (min: number | undefined, max: number | undefined) =>
  min === undefined && max === undefined ? undefined : { min, max }

const orAbsent = <T extends string>(value: T | ''): T | undefined =>
  value === '' ? undefined : value

function conditionsOf(typed: ProtocolText): StartingConditions {
  return {
    battery: range(fraction(typed.batteryMin), fraction(typed.batteryMax)),
    externalPower: typed.externalPower === '' ? undefined : typed.externalPower === 'yes',
    passcode: orAbsent(typed.passcode),
    freeBytes: range(gigabytes(typed.freeGbMin), gigabytes(typed.freeGbMax)),
    network: orAbsent(typed.network),
    automaticUpdates: orAbsent(typed.automaticUpdates),
    ...(typed.freshReadings.length > 0 && { freshReadings: typed.freshReadings }),
  }
}

const isStep = ({ doThis, lookAt, expect, sightings }: ProtocolText['steps'][number]) =>
  [doThis, lookAt, expect].some((typed) => typed.trim() !== '') || sightings.length > 0

/** The plan that the typed text says; whether it is legal is for `planProblems`. */
export function planOf(typed: ProtocolText): ProtocolPlan {
  const design = designOf(typed.design)
  return {
    title: typed.title.trim(),
    question: typed.question.trim(),
    ...written({
      hypothesis: typed.hypothesis,
      inclusion: typed.inclusion,
      exclusion: typed.exclusion,
      stopRule: typed.stopRule,
    }),
    slots: typed.slots.map(slotOf),
    conditions: conditionsOf(typed),
    steps: typed.steps.filter(isStep).map(({ doThis, lookAt, expect, sightings }) => ({
      ...written({ lookAt }),
      doThis: doThis.trim(),
      expect: expect.trim(),
      // Left out where nothing is named, as in every version of before.
      ...(sightings.length > 0 && { sightings }),
    })),
    expectedOutcome: typed.expectedOutcome.trim(),
    primaryOutcome: orAbsent(typed.primaryOutcome) ?? proposedPrimaryOutcome(typed),
    deadlineMinutes: number(typed.deadlineMinutes) ?? Number.NaN,
    // Left out where it is not asked for, as in every version of before.
    ...(typed.twoPersonRelease && { twoPersonRelease: true }),
    ...(typed.secondReader && { secondReader: true }),
    ...(design && { design }),
    ...(typed.claims.length > 0 && { claims: typed.claims.flatMap(claimRef) }),
  }
}

function claimRef(typed: string): ClaimRef[] {
  const [, claim, version] = claimForm.exec(typed) ?? []
  return claim === undefined ? [] : [{ claim: Number(claim), version: Number(version) }]
}

const shown = (value: number | undefined) => (value === undefined ? '' : String(value))

/** A stored plan as the editor shows it. */
export function textOf(plan: ProtocolPlan): ProtocolText {
  const { battery, freeBytes, externalPower, passcode, network, automaticUpdates, freshReadings } =
    plan.conditions
  return {
    title: plan.title,
    question: plan.question,
    hypothesis: plan.hypothesis ?? '',
    inclusion: plan.inclusion ?? '',
    exclusion: plan.exclusion ?? '',
    slots: plan.slots.map(slotText),
    batteryMin: shown(battery?.min),
    batteryMax: shown(battery?.max),
    externalPower: externalPower === undefined ? '' : externalPower ? 'yes' : 'no',
    passcode: passcode ?? '',
    freeGbMin: shown(freeBytes?.min === undefined ? undefined : freeBytes.min / 1e9),
    freeGbMax: shown(freeBytes?.max === undefined ? undefined : freeBytes.max / 1e9),
    network: network ?? '',
    automaticUpdates: automaticUpdates ?? '',
    freshReadings: [...(freshReadings ?? [])],
    steps: plan.steps.map(({ doThis, lookAt = '', expect, sightings = [] }) => ({
      ...{ doThis, lookAt, expect },
      sightings: [...sightings],
    })),
    expectedOutcome: plan.expectedOutcome,
    primaryOutcome: primaryOutcomeOf(plan),
    deadlineMinutes: String(plan.deadlineMinutes),
    stopRule: plan.stopRule ?? '',
    twoPersonRelease: plan.twoPersonRelease ?? false,
    secondReader: plan.secondReader ?? false,
    design: designText(plan.design),
    claims: (plan.claims ?? []).map(claimName),
  }
}

const fieldOfPlan: Record<string, string> = {
  'conditions.battery.min': 'batteryMin',
  'conditions.battery.max': 'batteryMax',
  'conditions.freeBytes.min': 'freeGbMin',
  'conditions.freeBytes.max': 'freeGbMax',
  'conditions.freshReadings': 'freshReadings',
}

/** The last part of a slot's field in the plan, as the editor has it. */
const fieldOfSlot: Record<string, string> = { 'when.daysLater': 'daysLater', 'when.clock': 'clock' }

/** The editor's field for a problem of the plan. The editor may hold empty steps that the plan does not have. */
function editorField(planField: string, { steps, design }: ProtocolText): string {
  if (planField.startsWith('design')) return designField(planField, design)
  const [, slot, inSlot = ''] = /^(slots\.\d+)\.(.+)$/.exec(planField) ?? []
  if (slot !== undefined) return `${slot}.${fieldOfSlot[inSlot] ?? inSlot}`
  const [, index, rest] = /^steps\.(\d+)\.(.+)$/.exec(planField) ?? []
  if (index === undefined) return fieldOfPlan[planField] ?? planField
  const kept = steps.flatMap((step, at) => (isStep(step) ? [at] : []))
  return `steps.${kept[Number(index)]}.${rest}`
}

/** Everything that is wrong with what is typed, at the fields of the editor. */
export function problemsOf(typed: ProtocolText): PlanProblem[] {
  return planProblems(planOf(typed)).map(({ field, reason }) => ({
    field: editorField(field, typed),
    reason,
  }))
}

const labels: Record<string, string> = {
  ...{ title: 'Title', question: 'Question', hypothesis: 'Hypothesis', slots: 'Interventions' },
  ...{ batteryMin: 'Battery at least', batteryMax: 'Battery at most', steps: 'Steps' },
  ...{ freeGbMin: 'Free disk at least', freeGbMax: 'Free disk at most', stopRule: 'Stop rule' },
  ...{ inclusion: 'Inclusion', exclusion: 'Exclusion', claims: 'Claims' },
  ...{ expectedOutcome: 'Expected outcome', primaryOutcome: 'Primary outcome' },
  ...{ deadlineMinutes: 'Deadline', freshReadings: 'Baseline readings that must be fresh' },
  ...{ installAction: 'InstallAction', productKey: 'ProductKey', productVersion: 'ProductVersion' },
  ...{ targetVersion: 'TargetOSVersion', targetBuild: 'TargetBuildVersion', when: 'When' },
  ...{ daysLater: 'Days after the release', clock: 'Local time', detailsUrl: 'DetailsURL' },
  ...{
    mechanism: 'Mechanism',
    doThis: 'do this',
    lookAt: 'look at',
    expect: 'expect',
    sightings: 'sightings',
  },
}

const ofDeclarations = ['targetVersion', 'targetBuild', 'when', 'daysLater', 'clock', 'detailsUrl']

/** The field of the editor in words, such as "Command 2, ProductKey". */
export function labelOf(field: string): string {
  const ofDesign = designLabel(field)
  if (ofDesign !== undefined) return ofDesign
  const [, list, index, rest = ''] = /^(slots|steps)\.(\d+)\.(.+)$/.exec(field) ?? []
  if (list === undefined) return labels[field] ?? field
  const kind = list === 'steps' ? 'Step' : ofDeclarations.includes(rest) ? 'Declaration' : 'Command'
  return `${kind} ${Number(index) + 1}, ${labels[rest] ?? rest}`
}
