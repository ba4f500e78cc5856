import type { Outcome } from '@/lib/domain/outcome/outcome'
import type { PredictableOutcome } from '@/lib/domain/outcome/prediction'

/** What happens at the device that the protocol does not name. */
type Mishap =
  /** Somebody takes the charger away from a device that is nearly empty. */
  | 'unplugged'
  /** Somebody fills the disk once the update is downloaded. */
  | 'diskFilled'

export type MechanismTrial = {
  labTag: string
  daysAgo: number
  mechanism: 'command' | 'declaration'
  mishap?: Mishap
  expectation: string
  prediction: readonly PredictableOutcome[]
  /** What the record proposes at its end: where it proposes another, the filling of the lab fails. */
  outcome: Outcome
}

const expectations = {
  command: 'The second command restarts it into the install.',
  declaration: 'It downloads at once and installs about an hour later.',
}

const rowOf = (
  mechanism: MechanismTrial['mechanism'],
  labTag: string,
  daysAgo: number,
  but: Partial<MechanismTrial> = {},
): MechanismTrial => ({
  labTag,
  daysAgo,
  mechanism,
  expectation: expectations[mechanism],
  prediction: ['installedAsExpected'],
  outcome: 'installedAsExpected',
  ...but,
})

/** Four devices by each mechanism, all from 26.5 to 26.6.1. What they do and report is the virtual lab's. */
export const mechanismTrials: readonly MechanismTrial[] = [
  rowOf('command', 'M-1', 11),
  rowOf('command', 'M-2', 11),
  rowOf('command', 'M-3', 10, { mishap: 'unplugged', outcome: 'refused' }),
  rowOf('command', 'M-4', 9),
  rowOf('declaration', 'M-5', 8),
  rowOf('declaration', 'M-6', 8, { mishap: 'unplugged', outcome: 'acknowledgedNothingHappened' }),
  rowOf('declaration', 'M-7', 7, { mishap: 'diskFilled', outcome: 'acknowledgedNothingHappened' }),
  rowOf('declaration', 'M-8', 6),
]
