import { type Platform, platforms } from '../device/device'
import { type PasscodeState, passcodeStates } from '../device/passcode'
import {
  beginsWith,
  type FilterProblem,
  oneOf,
  type Reader,
  readAddress,
  versionStart,
} from '../text/address-filter'
import { type PrimaryOutcome, primaryOutcomes } from '../trial/protocol'
import type { MatrixBlock } from './coverage'
import { type ScoreTerm, type ScoreWeights, usualWeights } from './score-terms'

/** What the plan shows, by the names in the address; a weight that is not set is the usual one. */
export type PlanView = {
  platform?: Platform | undefined
  passcode?: PasscodeState | undefined
  /** The beginning of a start version, such as 12. */
  start?: string | undefined
  /** The question that trials are counted for; an install unless asked otherwise. */
  primary?: PrimaryOutcome | undefined
} & { [Term in ScoreTerm]?: number | undefined }

const maxWeight = 100
const weight: Reader<number> = {
  accepted: `a number from 0 to ${maxWeight}, such as 0.5`,
  read: weightOf,
}
const readers = {
  platform: oneOf(platforms),
  passcode: oneOf(passcodeStates),
  primary: oneOf(primaryOutcomes),
  start: versionStart(', such as 12 or 11.2'),
  ...{ shrinkage: weight, verification: weight, urgency: weight },
  ...{ opportunity: weight, reserved: weight },
}

/** Reads the address. What is not understood is named with what is accepted, and left out. */
export const readPlanView = (
  given: Readonly<Record<string, string | string[] | undefined>>,
): { view: PlanView; problems: FilterProblem[] } => readAddress(given, readers)

function weightOf(text: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,6})?$/.test(text)) return undefined
  const weight = Number(text)
  return weight <= maxWeight ? weight : undefined
}

export const weightsOf = (view: PlanView): ScoreWeights => ({
  shrinkage: view.shrinkage ?? usualWeights.shrinkage,
  verification: view.verification ?? usualWeights.verification,
  urgency: view.urgency ?? usualWeights.urgency,
  opportunity: view.opportunity ?? usualWeights.opportunity,
  reserved: view.reserved ?? usualWeights.reserved,
})

/** The blocks and rows that the view asks for; 12 is the beginning of 12.1, and 1 is not. */
export function narrowed(blocks: readonly MatrixBlock[], view: PlanView): MatrixBlock[] {
  const { platform, passcode, start } = view
  return blocks
    .filter(
      (block) =>
        (platform === undefined || block.platform === platform) &&
        (passcode === undefined || block.passcode === passcode),
    )
    .map((block) => ({
      ...block,
      rows: block.rows.filter(({ startVersion }) => beginsWith(startVersion, start)),
    }))
    .filter(({ rows }) => rows.length > 0)
}
