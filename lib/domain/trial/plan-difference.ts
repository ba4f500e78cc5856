import { claimName } from '../claim/claim'
import { describeBytes } from '../reading/describe-reading'
import { readingFields } from '../reading/reading'
import { type TextRun, wordDifference } from '../text/word-difference'
import { armAsks, armFactorLabels, assignedWithin, blockWords, levelWords } from './arms'
import { isDeclaration, slotName } from './mechanism'
import { observationInfo } from './observation'
import { describeSlot } from './offered-target'
import { numeratorWords, primaryOutcomeInfo, primaryOutcomeOf } from './primary-outcome'
import type { ProtocolPlan, StartingConditions } from './protocol'

/** A field of two versions of a protocol that is not the same in both. */
export type FieldDifference = {
  label: string
  change: 'added' | 'removed' | 'changed'
  runs: TextRun[]
}

/** What is different in `after`, field by field and word by word, in the order of the page. */
export function planDifference(before: ProtocolPlan, after: ProtocolPlan): FieldDifference[] {
  const [old, fresh] = [new Map(fieldsOf(before)), new Map(fieldsOf(after))]
  const labels = [...new Set([...fresh.keys(), ...old.keys()])]
  return labels.flatMap((label): FieldDifference[] => {
    const [left = '', right = ''] = [old.get(label), fresh.get(label)]
    if (left === right) return []
    const change = left === '' ? 'added' : right === '' ? 'removed' : 'changed'
    return [{ label, change, runs: wordDifference(left, right) }]
  })
}

/** Every field as a text; what is not set is empty. */
function fieldsOf(plan: ProtocolPlan): [label: string, text: string][] {
  const primary = primaryOutcomeOf(plan)
  return [
    ['Title', plan.title],
    ['Question', plan.question],
    ['Hypothesis', plan.hypothesis ?? ''],
    ...conditionFields(plan.conditions),
    ['Inclusion beyond the rules', plan.inclusion ?? ''],
    ['Exclusion beyond the rules', plan.exclusion ?? ''],
    ...plan.slots.flatMap((slot, index): [string, string][] => [
      [slotName(slot, index + 1), describeSlot(slot)],
      [`${slotName(slot, index + 1)}: details URL`, (isDeclaration(slot) && slot.detailsUrl) || ''],
      [`${slotName(slot, index + 1)}: look at`, slot.lookAt ?? ''],
      [`${slotName(slot, index + 1)}: expected`, slot.expect ?? ''],
    ]),
    ...plan.steps.flatMap((step, index): [string, string][] => [
      [`Step ${index + 1}: do this`, step.doThis],
      [`Step ${index + 1}: look at`, step.lookAt ?? ''],
      [`Step ${index + 1}: expect`, step.expect],
      [
        `Step ${index + 1}: sightings`,
        (step.sightings ?? []).map((kind) => observationInfo[kind].label).join(', '),
      ],
    ]),
    ['Primary outcome', primaryOutcomeInfo[primary].label],
    ['Numerator', numeratorWords(primary)],
    ['Expected outcome', plan.expectedOutcome],
    ['Deadline', `${plan.deadlineMinutes} minutes after the release`],
    ['Stop rule', plan.stopRule ?? ''],
    ['Claims', (plan.claims ?? []).map(claimName).join(', ')],
    ...designFields(plan),
    ['Release', plan.twoPersonRelease ? 'two people release each command' : ''],
    ['Second reader', plan.secondReader ? 'a second person reads the outcome, blinded' : ''],
  ]
}

/** Factors, arms and their assignment as pairs of label and text; none in a protocol without arms. */
export function designFields({
  design,
}: Pick<ProtocolPlan, 'design'>): [label: string, text: string][] {
  if (!design) return []
  return [
    ...design.factors.map(({ factor, levels }): [string, string] => [
      `Factor: ${armFactorLabels[factor].toLowerCase()}`,
      levels.map((level) => levelWords(factor, level) ?? level).join('; '),
    ]),
    ...design.arms.map((arm): [string, string] => [
      `Arm ${arm.name}`,
      `${armAsks(arm)}; weight ${arm.weight}`,
    ]),
    ['Assigned within', assignedWithin(design)],
    ['Blocks', blockWords(design)],
    ...(design.planned === undefined
      ? []
      : [['Trials planned', String(design.planned)] satisfies [string, string]]),
  ]
}

const networks = { wifi: 'Wi-Fi', cellular: 'cellular', wired: 'wired', none: 'none' }

/** A protocol's own conditions as pairs of label and value; an absent one has an empty value. */
export function conditionFields(conditions: StartingConditions): [label: string, text: string][] {
  const { battery, freeBytes, externalPower, passcode, network, automaticUpdates } = conditions
  const shown = <T>(value: T | undefined, show: (value: T) => string) =>
    value === undefined ? '' : show(value)
  const level = (value: number) => value.toFixed(2)
  return [
    ['Battery at least', shown(battery?.min, level)],
    ['Battery at most', shown(battery?.max, level)],
    ['Free disk at least', shown(freeBytes?.min, describeBytes)],
    ['Free disk at most', shown(freeBytes?.max, describeBytes)],
    ['External power', shown(externalPower, (on) => (on ? 'plugged in' : 'unplugged'))],
    ['Passcode', shown(passcode, (state) => (state === 'set' ? 'set' : 'not set'))],
    ['Network', shown(network, (kind) => networks[kind])],
    ['Automatic updates', automaticUpdates ?? ''],
    [
      'Fresh at each release',
      (conditions.freshReadings ?? []).map((field) => readingFields[field].label).join(', '),
    ],
  ]
}
