import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { mayBeReleasedAgain } from '@/lib/domain/trial/command-slot'

/**
 * The command slot that could be released now, from 1; undefined where none can. A later slot is its
 * own deliberate release, once the one before has left.
 */
export function nextSlotOf({ trial, version, commands }: TrialView): number | undefined {
  const slots = version.plan.slots.length
  const stateOf = (ordinal: number) =>
    commands.find((one) => one.purpose === 'intervention' && one.slotOrdinal === ordinal)?.state
  if (trial.state === 'armed') return 1
  if (trial.state !== 'observing') return undefined
  for (let ordinal = 2; ordinal <= slots; ordinal += 1) {
    const state = stateOf(ordinal)
    if (state === undefined || mayBeReleasedAgain(state)) return ordinal
  }
  return undefined
}
