import type { TrialFacets } from '@/lib/db/queries/trials/trial-filter'
import { type FactorName, factorOf, labelOfValue } from '@/lib/domain/trial/factors'

export type FactorChoice = { value: string; label: string }

/** The values of a factor to choose from: those listed with it, or those that the trials of the environment have. */
export function factorChoices(name: FactorName, facets: TrialFacets): FactorChoice[] {
  const { values } = factorOf(name)
  if (values) return Object.entries(values).map(([value, label]) => ({ value, label }))
  const known: Partial<Record<FactorName, readonly (string | FactorChoice)[]>> = {
    version: facets.versions,
    model: facets.models,
    action: facets.actions,
    protocol: facets.protocols,
    target: facets.targets,
    arm: facets.arms,
  }
  return (known[name] ?? []).map((one) =>
    typeof one === 'string' ? { value: one, label: labelOfValue(name, one) } : one,
  )
}
