import { armAsks, levelWords, planInArm, sumOfWeights } from './arms'
import { type ArmFactor, armFactors, armStrata } from './design'
import { isCommand } from './mechanism'
import { type PlanProblem, problem } from './plan-problem'
import { primaryOutcomeOf, unreachable } from './primary-outcome'
import type { ProtocolPlan } from './protocol'

/** The limits of a design: what a small lab can fill, and what a person can read in a table. */
export const designLimits = {
  arms: 8,
  levels: 8,
  name: 40,
  weight: 9,
  blocks: 3,
  multiple: 5,
  planned: 1000,
}

/** The problems of the factors, arms and assignment of a protocol; none for a protocol without arms. */
export function designProblems(plan: ProtocolPlan): PlanProblem[] {
  const { design } = plan
  if (!design) return []
  const problems = [...factorProblems(plan), ...armProblems(plan), ...listProblems(plan)]
  // A command or primary outcome of an arm can only be judged where its levels are legal.
  return problems.length > 0 ? problems : reachProblems(plan)
}

const factorProblems = (plan: ProtocolPlan): PlanProblem[] => {
  const factors = plan.design?.factors ?? []
  if (factors.length === 0) return problem('design.factors', 'declare at least one factor')
  return factors.flatMap(({ factor, levels }, index) => {
    const field = `design.factors.${index}`
    if (!armFactors.includes(factor))
      return problem(field, `a factor is one of ${armFactors.join(', ')}`)
    if (factors.findIndex((one) => one.factor === factor) !== index)
      return problem(field, 'declare each factor once')
    if (isFixed(plan, factor))
      return problem(field, 'a starting condition fixes it for all trials: leave that one empty')
    if (new Set(levels).size !== levels.length || levels.length < 2)
      return problem(field, 'a factor has two or more levels, each once')
    if (levels.length > designLimits.levels)
      return problem(field, `at most ${designLimits.levels} levels`)
    return levels.flatMap((level) => levelProblems(plan, field, factor, level))
  })
}

/** Whether the protocol asks all its trials for one level of a factor. */
function isFixed({ conditions }: ProtocolPlan, factor: ArmFactor): boolean {
  if (factor === 'power') return conditions.externalPower !== undefined
  return factor !== 'action' && conditions[factor] !== undefined
}

function levelProblems(plan: ProtocolPlan, field: string, factor: ArmFactor, level: string) {
  if (levelWords(factor, level) === undefined)
    return problem(
      field,
      factor === 'action'
        ? `"${level}" is not a list of InstallActions such as DownloadOnly,InstallASAP`
        : `"${level}" is no level of it`,
    )
  const commands = plan.slots.filter(isCommand).length
  if (factor === 'action' && level.split(',').length !== commands)
    return problem(field, `"${level}" names other than ${commands}, the number of commands`)
  const arms = plan.design?.arms ?? []
  return arms.some(({ levels }) => levels[factor] === level)
    ? []
    : problem(field, `no arm has the level ${levelWords(factor, level)}`)
}

function armProblems({ design }: ProtocolPlan): PlanProblem[] {
  const { arms = [], factors = [] } = design ?? {}
  if (arms.length < 2 || arms.length > designLimits.arms)
    return problem('design.arms', `2 to ${designLimits.arms} arms`)
  const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()
  return arms.flatMap(({ name, weight, levels }, index) => {
    const field = `design.arms.${index}`
    const earlier = arms.slice(0, index)
    if (!/^[^\p{C}/]{1,40}$/u.test(name) || name.trim() !== name)
      return problem(`${field}.name`, 'name the arm, in 1 to 40 characters without “/”')
    if (earlier.some((one) => same(one.name, name)))
      return problem(`${field}.name`, 'another arm has that name')
    if (!Number.isInteger(weight) || weight < 1 || weight > designLimits.weight)
      return problem(`${field}.weight`, `a whole number from 1 to ${designLimits.weight}`)
    const undeclared = armFactors.find(
      (one) => levels[one] !== undefined && !factors.some(({ factor }) => factor === one),
    )
    if (undeclared) return problem(`${field}.levels.${undeclared}`, 'declare the factor first')
    const missing = factors.find((one) => !one.levels.includes(levels[one.factor] ?? ''))
    if (missing)
      return problem(`${field}.levels.${missing.factor}`, 'choose one of the declared levels')
    return earlier.some((one) => armFactors.every((f) => one.levels[f] === levels[f]))
      ? problem(field, 'another arm has the same levels')
      : []
  })
}

function listProblems({ design }: ProtocolPlan): PlanProblem[] {
  const { strata = [], blocks = [], arms = [], planned } = design ?? {}
  const sum = sumOfWeights(arms)
  const isOnce = (list: readonly unknown[]) => new Set(list).size === list.length
  const legal = (one: number) => Number.isInteger(one) && one >= 1 && one <= designLimits.multiple
  return [
    ...(isOnce(strata) && strata.every((one) => armStrata.includes(one))
      ? []
      : problem('design.strata', `name each once, of ${armStrata.join(', ')}`)),
    ...(blocks.length > 0 &&
    blocks.length <= designLimits.blocks &&
    isOnce(blocks) &&
    blocks.every(legal)
      ? []
      : problem(
          'design.blocks',
          `1 to ${designLimits.blocks} different multiples from 1 to ${designLimits.multiple}`,
        )),
    ...(planned === undefined ||
    (planned > 0 && planned <= designLimits.planned && planned % sum === 0)
      ? []
      : problem(
          'design.planned',
          `a multiple of the sum of the weights, ${sum}, up to ${designLimits.planned}`,
        )),
  ]
}

const reachProblems = (plan: ProtocolPlan): PlanProblem[] =>
  (plan.design?.arms ?? []).flatMap(({ name }, index) => {
    const reason = unreachable(planInArm(plan, name), primaryOutcomeOf(plan))
    return reason === undefined ? [] : problem(`design.arms.${index}.levels.action`, reason)
  })

/** An arm that asks for something else than under the same name in an earlier version: its trials would be counted together. */
export function changedArm(
  { design }: Pick<ProtocolPlan, 'design'>,
  earlier: readonly { version: number; plan: Pick<ProtocolPlan, 'design'> }[],
): PlanProblem | undefined {
  for (const [index, { name, levels }] of (design?.arms ?? []).entries())
    for (const { version, plan } of earlier) {
      const before = plan.design?.arms.find((one) => one.name === name)
      if (before && armFactors.some((factor) => before.levels[factor] !== levels[factor]))
        return {
          field: `design.arms.${index}.name`,
          reason: `in version ${version} ${name} is “${armAsks(before)}”: give this one another name`,
        }
    }
  return undefined
}
