import { type Platform, platforms } from '../device/device'
import { parseVersion, sameVersion } from '../device/os-version'
import { type PasscodeState, passcodeStates } from '../device/passcode'
import {
  beginsWith,
  type FilterProblem,
  oneOf,
  type Reader,
  readAddress,
  versionStart,
} from '../text/address-filter'
import { type Mechanism, mechanisms } from '../trial/mechanism'
import { type PrimaryOutcome, primaryOutcomes } from '../trial/primary-outcome'
import type { MatrixBlock, MatrixCell } from './coverage'
import { type ScoreTerm, type ScoreWeights, usualWeights } from './score-terms'

/** What a lead says that questions from one version to another are worth; null stands for any. */
type QuestionWeight = {
  platform: Platform | null
  start: string | null
  target: string | null
  weight: number
}

/** What the plan shows, by the names in the address; a weight that is not set is the usual one. */
export type PlanView = {
  platform?: Platform | undefined
  passcode?: PasscodeState | undefined
  mechanism?: Mechanism | undefined
  /** The beginning of a start version, such as 12. */
  start?: string | undefined
  /** The question that trials are counted for; an install unless asked otherwise. */
  primary?: PrimaryOutcome | undefined
  /** Questions that matter more or less than the others; of several that fit one the first counts. */
  questions?: readonly QuestionWeight[] | undefined
} & { [Term in ScoreTerm]?: number | undefined }

const maxWeight = 100
const weight: Reader<number> = {
  accepted: `a number from 0 to ${maxWeight}, such as 0.5`,
  read: weightOf,
}
const maxQuestions = 20
const questions: Reader<readonly QuestionWeight[]> = {
  accepted: `up to ${maxQuestions} questions with commas between them, each as 11.2.6>12.0:3 or tvOS *>12.1:0.5, with a weight from 0 to ${maxWeight}`,
  read: (text) => {
    const read = text.split(',').map((one) => questionOf(one.trim()))
    const known = read.filter((one) => one !== undefined)
    return known.length === read.length && known.length <= maxQuestions ? known : undefined
  },
}

const questionForm =
  /^(?:(iOS|iPadOS|tvOS) +)?([\d.]{1,20}|\*) *> *([\d.]{1,20}|\*) *: *([\d.]{1,10})$/

function questionOf(text: string): QuestionWeight | undefined {
  const [, platform, start = '', target = '', number = ''] = questionForm.exec(text) ?? []
  const weight = weightOf(number)
  const isVersion = (version: string) => version === '*' || parseVersion(version) !== undefined
  if (weight === undefined || !isVersion(start) || !isVersion(target)) return undefined
  const anyOr = (version: string) => (version === '*' ? null : version)
  return {
    platform: platforms.find((one) => one === platform) ?? null,
    ...{ start: anyOr(start), target: anyOr(target), weight },
  }
}

/** How much a question counts: 1 unless the view says otherwise. */
export function questionWeight(
  { questions: given = [] }: PlanView,
  { platform, startVersion, target }: Pick<MatrixCell, 'platform' | 'startVersion' | 'target'>,
): number {
  const fits = (wanted: string | null, version: string) =>
    wanted === null || sameVersion(wanted, version) === true
  return (
    given.find(
      (one) =>
        (one.platform === null || one.platform === platform) &&
        fits(one.start, startVersion) &&
        fits(one.target, target),
    )?.weight ?? 1
  )
}

const readers = {
  platform: oneOf(platforms),
  passcode: oneOf(passcodeStates),
  mechanism: oneOf(mechanisms),
  primary: oneOf(primaryOutcomes),
  start: versionStart(', such as 12 or 11.2'),
  questions,
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
  const { platform, passcode, mechanism, start } = view
  return blocks
    .filter(
      (block) =>
        (platform === undefined || block.platform === platform) &&
        (passcode === undefined || block.passcode === passcode) &&
        (mechanism === undefined || block.mechanism === mechanism),
    )
    .map((block) => ({
      ...block,
      rows: block.rows.filter(({ startVersion }) => beginsWith(startVersion, start)),
    }))
    .filter(({ rows }) => rows.length > 0)
}
