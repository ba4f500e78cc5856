import { z } from 'zod'
import { armFactorLabels } from '@/lib/domain/trial/arms'
import {
  type Arm,
  type ArmFactor,
  armFactors,
  armStrata,
  type TrialDesign,
} from '@/lib/domain/trial/design'

const text = z.string().max(500, 'At most 500 characters.')
const levels = z.array(text).max(20)

/** Factors, arms and assignment as the editor holds them. Install actions are typed, a list of them on each line. */
export const designFields = z.object({
  factors: z.object({
    passcode: levels,
    power: levels,
    network: levels,
    action: text,
    hour: levels,
  }),
  arms: z
    .array(
      z.object({
        ...{ name: text, weight: text },
        ...{ passcode: text, power: text, network: text, action: text, hour: text },
      }),
    )
    .max(20),
  strata: z.array(z.enum(armStrata)),
  blocks: text,
  planned: text,
})

export type DesignText = z.infer<typeof designFields>

export const emptyArm = (): DesignText['arms'][number] => ({
  ...{ name: '', weight: '1', passcode: '', power: '', network: '', action: '', hour: '' },
})

export const emptyDesign: DesignText = {
  factors: { passcode: [], power: [], network: [], action: '', hour: [] },
  arms: [],
  strata: [],
  blocks: '1, 2',
  planned: '',
}

/** The lists of install actions that are typed, each without blanks. */
const typedActions = (typed: string): string[] =>
  typed
    .split('\n')
    .map((line) => line.replaceAll(/\s/g, ''))
    .filter((line) => line !== '')

/** The declared levels of a factor. */
export const levelsOf = ({ factors }: DesignText, factor: ArmFactor): string[] =>
  factor === 'action' ? typedActions(factors.action) : factors[factor]

const declaredIn = (typed: DesignText): ArmFactor[] =>
  armFactors.filter((factor) => levelsOf(typed, factor).length > 0)

const number = (typed: string): number =>
  /^\d{1,9}$/.test(typed.trim()) ? Number(typed) : Number.NaN

/** The design that is typed; undefined where there is neither a factor nor an arm. */
export function designOf(typed: DesignText): TrialDesign | undefined {
  const declared = declaredIn(typed)
  if (declared.length === 0 && typed.arms.length === 0) return undefined
  return {
    factors: declared.map((factor) => ({ factor, levels: levelsOf(typed, factor) })),
    arms: typed.arms.map(
      ({ name, weight, ...levels }): Arm => ({
        ...{ name: name.trim(), weight: number(weight) },
        // fromEntries loses the names of the factors.
        levels: Object.fromEntries(
          armFactors.flatMap((factor) => (levels[factor] === '' ? [] : [[factor, levels[factor]]])),
        ) as Arm['levels'],
      }),
    ),
    strata: typed.strata,
    blocks: typed.blocks.split(/[,;\s]+/).flatMap((one) => (one === '' ? [] : [number(one)])),
    ...(typed.planned.trim() !== '' && { planned: number(typed.planned) }),
  }
}

/** A stored design as the editor shows it. */
export function designText(design: TrialDesign | undefined): DesignText {
  if (!design) return emptyDesign
  const declared = (factor: ArmFactor) =>
    design.factors.find((one) => one.factor === factor)?.levels ?? []
  return {
    factors: {
      ...{ passcode: declared('passcode'), power: declared('power') },
      ...{ network: declared('network'), hour: declared('hour') },
      action: declared('action').join('\n'),
    },
    arms: design.arms.map(({ name, weight, levels }) => ({
      ...emptyArm(),
      ...levels,
      ...{ name, weight: String(weight) },
    })),
    strata: [...design.strata],
    blocks: design.blocks.join(', '),
    planned: design.planned === undefined ? '' : String(design.planned),
  }
}

/** The editor's field for a problem of the design. */
export function designField(planField: string, typed: DesignText): string {
  const factor = /^design\.factors\.(\d+)$/.exec(planField)?.[1]
  if (factor !== undefined) return `design.factors.${declaredIn(typed)[Number(factor)]}`
  if (planField === 'design.factors') return 'design.factors.passcode'
  if (/^design\.arms\.\d+$/.test(planField)) return `${planField}.name`
  return planField.replace('.levels.', '.')
}

const labels: Record<string, string> = {
  ...Object.fromEntries(armFactors.map((one) => [one, armFactorLabels[one].toLowerCase()])),
  ...{ name: 'name', weight: 'weight', arms: 'Arms', strata: 'Balanced within' },
  ...{ blocks: 'Block sizes', planned: 'Trials planned' },
}

/** A field of the design in words, such as "Arm 2, passcode"; undefined for one of another part. */
export function designLabel(field: string): string | undefined {
  const [, part, index, rest = ''] = /^design\.(\w+)(?:\.(\w+))?(?:\.(\w+))?$/.exec(field) ?? []
  if (part === 'factors') return `Factor ${labels[index ?? '']}`
  if (part === 'arms' && index !== undefined) return `Arm ${Number(index) + 1}, ${labels[rest]}`
  return part === undefined ? undefined : labels[part]
}
