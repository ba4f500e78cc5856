import { readingFieldNames } from '../reading/reading'
import { designProblems } from './arm-rules'
import { partsInArm } from './arms'
import { isCommand, isDeclaration } from './mechanism'
import { comparedKinds } from './observation'
import { type PlanProblem, problem } from './plan-problem'
import {
  primaryOutcomeInfo,
  primaryOutcomeOf,
  primaryOutcomes,
  unreachable,
} from './primary-outcome'
import type { ClaimRef, ProtocolPlan, SlotPlan, StartingConditions } from './protocol'
import { slotProblems } from './slot-rules'

/** The limits of a protocol: characters of each text, and how many of each list. */
export const planLimits = {
  text: 5_000,
  title: 200,
  slots: 10,
  steps: 100,
  claims: 20,
  deadlineMinutes: 90 * 24 * 60,
}

/** The texts that may be left out. */
const optionalTexts = ['hypothesis', 'inclusion', 'exclusion', 'stopRule'] as const

/** The problems of a protocol; empty if it may be saved. */
export function planProblems(plan: ProtocolPlan): PlanProblem[] {
  return [
    ...textProblems(plan.title, 'title', 'a title', planLimits.title),
    ...textProblems(plan.question, 'question', 'the question the trial answers', planLimits.text),
    ...textProblems(
      plan.expectedOutcome,
      'expectedOutcome',
      'the expected outcome',
      planLimits.text,
    ),
    ...optionalTexts.flatMap((name) => lengthProblems(plan[name], name)),
    ...countProblems(plan.slots.length, 'slots', 'intervention', 1, planLimits.slots),
    ...plan.slots.flatMap((slot, index) => [
      ...slotProblems(slot, `slots.${index}`),
      ...lengthProblems(slot.lookAt, `slots.${index}.lookAt`),
      ...lengthProblems(slot.expect, `slots.${index}.expect`),
    ]),
    ...primaryProblems(plan),
    ...conditionProblems(plan.conditions),
    ...countProblems(plan.steps.length, 'steps', 'step', 0, planLimits.steps),
    ...plan.steps.flatMap((step, index) => [
      ...textProblems(step.doThis, `steps.${index}.doThis`, 'what to do', planLimits.text),
      ...lengthProblems(step.lookAt, `steps.${index}.lookAt`),
      ...lengthProblems(step.expect, `steps.${index}.expect`),
    ]),
    ...plan.steps.flatMap(({ sightings = [] }, index) =>
      sightings.every((kind) => comparedKinds.includes(kind))
        ? []
        : problem(`steps.${index}.sightings`, 'choose from the sightings of the bench'),
    ),
    ...deadlineProblems(plan.deadlineMinutes),
    ...claimProblems(plan.claims ?? []),
    ...designProblems(plan),
  ]
}

/** An impossible primary outcome would make every trial count against it. */
function primaryProblems(plan: ProtocolPlan): PlanProblem[] {
  const { primaryOutcome, slots } = plan
  if (primaryOutcome === undefined || !primaryOutcomes.includes(primaryOutcome))
    return problem('primaryOutcome', `choose one of ${primaryOutcomes.join(', ')}`)
  const reason = slots.length > 0 ? unreachable({ slots }, primaryOutcome) : undefined
  return reason === undefined ? [] : problem('primaryOutcome', reason)
}

function claimProblems(claims: readonly ClaimRef[]): PlanProblem[] {
  if (claims.length > planLimits.claims)
    return problem('claims', `at most ${planLimits.claims} claims`)
  const numbers = new Set(claims.map(({ claim }) => claim))
  return numbers.size === claims.length ? [] : problem('claims', 'name each claim once')
}

function textProblems(text: string, field: string, what: string, max: number): PlanProblem[] {
  if (text.trim() === '') return problem(field, `write ${what}`)
  return lengthProblems(text, field, max)
}

const lengthProblems = (text: string | undefined, field: string, max = planLimits.text) =>
  text === undefined || text.length <= max
    ? []
    : problem(
        field,
        `at most ${max.toLocaleString('en')} characters; these are ${text.length.toLocaleString('en')}`,
      )

function countProblems(count: number, field: string, what: string, min: number, max: number) {
  if (count < min) return problem(field, `at least ${min} ${what}`)
  return count <= max ? [] : problem(field, `at most ${max} ${what}s`)
}

function deadlineProblems(minutes: number): PlanProblem[] {
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= planLimits.deadlineMinutes
    ? []
    : problem('deadlineMinutes', `whole minutes from 1 to ${planLimits.deadlineMinutes} (90 days)`)
}

function conditionProblems(conditions: StartingConditions): PlanProblem[] {
  const { battery, freeBytes, freshReadings = [] } = conditions
  const fraction = (bound: number) => bound >= 0 && bound <= 1
  const bytes = (bound: number) => Number.isSafeInteger(bound) && bound >= 0
  return [
    ...rangeProblems(
      'conditions.battery',
      battery,
      fraction,
      'a fraction from 0 to 1: 0.5 is half',
    ),
    ...rangeProblems('conditions.freeBytes', freeBytes, bytes, 'whole bytes, 0 or more'),
    ...(freshReadings.every((field) => readingFieldNames.includes(field)) &&
    new Set(freshReadings).size === freshReadings.length
      ? []
      : problem('conditions.freshReadings', 'name readings of the list, each once')),
  ]
}

type Range = { min?: number | undefined; max?: number | undefined } | undefined

function rangeProblems(
  field: string,
  range: Range,
  accepted: (bound: number) => boolean,
  form: string,
): PlanProblem[] {
  const { min, max } = range ?? {}
  const bounds = [
    ['min', min],
    ['max', max],
  ] as const
  const wrong = bounds.flatMap(([name, bound]) =>
    bound === undefined || accepted(bound)
      ? []
      : problem(`${field}.${name}`, `${bound} is not ${form}`),
  )
  if (wrong.length > 0 || min === undefined || max === undefined || min <= max) return wrong
  return problem(`${field}.max`, `${max} is below the lower bound ${min}`)
}

type Advised = Pick<ProtocolPlan, 'slots' | 'primaryOutcome' | 'conditions' | 'design'>

/** Advice about a valid protocol, to be read before a device is consumed. */
export function planAdvice(plan: Advised): string[] {
  const { design } = plan
  if (!design) return [...commandAdvice(plan), ...primaryAdvice(plan)]
  const ofArms = design.arms.flatMap((arm) => {
    const inArm = partsInArm(plan, arm)
    const advice = [...commandAdvice(inArm), ...primaryAdvice({ ...plan, ...inArm })]
    return advice.map((one) => `Arm ${arm.name}: ${one}`)
  })
  // Its sizes are known to everybody, and with one size so is where each block ends.
  return design.blocks.length > 1
    ? ofArms
    : [...ofArms, 'With one size of blocks the last arms of each can be foreseen: name two.']
}

function commandAdvice({ slots }: Pick<ProtocolPlan, 'slots'>): string[] {
  if (slots.some(isDeclaration)) return declarationAdvice(slots)
  const [first] = slots.filter(isCommand)
  // https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml#L82-L84
  if (first?.installAction === 'InstallASAP')
    return ['InstallASAP installs only what is already downloaded; nothing before it downloads.']
  if (slots.length === 1 && first?.installAction === 'Default')
    return ['A single Default downloads; it takes a second one to install.']
  return []
}

/** What the documentation says of declarations, and of commands beside them. */
function declarationAdvice(slots: readonly SlotPlan[]): string[] {
  const declared = slots.filter(isDeclaration)
  return [
    // Texts up to 26 let "16.1" mean the newest 16.1.x and the version win over the build; the text of 27 does not.
    ...(declared.some(({ targetBuild }) => targetBuild === undefined)
      ? ['Name the build too: Apple has changed what a version alone means between the releases.']
      : []),
    // https://github.com/apple/device-management/blob/0a4527c5/mdm/commands/system.update.schedule.yaml
    ...(declared.length < slots.length
      ? [
          'While a declaration is active, a device ignores ScheduleOSUpdate and answers with an error.',
        ]
      : []),
  ]
}

/** What is possible, and yet not to be expected of such a device. */
function primaryAdvice(plan: Advised): string[] {
  const { passcode } = plan.conditions
  const primary = primaryOutcomeOf(plan)
  const { label } = primaryOutcomeInfo[primary]
  if (passcode === 'notSet' && (primary === 'promptWaits' || primary === 'installedByUser'))
    return [`“${label}” needs somebody to be asked, and a device without a passcode asks nobody.`]
  if (passcode === 'set' && primary === 'installedUnattended')
    return [`“${label}” on a device with a passcode: iOS asks the user for it before it installs.`]
  return []
}
