import { outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'

/** An outcome in words; a name that this version does not know stays as it is. */
export function outcomeWords(name: string): string {
  const known = outcomes.find((outcome) => outcome === name)
  return known ? outcomeInfo[known].label : name
}
