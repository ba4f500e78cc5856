import type { Catalogue } from '../catalogue/sourced'
import { validTargets } from '../catalogue/targets'
import type { Platform } from '../device/device'
import { compareVersions, parseVersion } from '../device/os-version'
import { type MatrixBlock, type MatrixCell, questionsOf, type UnusedDevice } from './coverage'
import { nextTrials, type ScoredTrial } from './next-trial'
import type { ScoreWeights } from './score-terms'

/** The best trial of one question: any other device that can answer it scores the same or less. */
export type NextBest = ScoredTrial & {
  question: MatrixCell
  deviceReserved: boolean
  /** By Laplace's rule of succession, (x + 1) / (n + 2). */
  successExpected: number
  /** What the question counts, 1 unless a lead says otherwise. */
  questionWeight: number
}

/** A fix that Apple claims and no trial has proved or refuted, by the version that is said to have it. */
export type ClaimedFix = { platform: Platform; claimedFix: string | null }

/** Only a trial that starts at the claimed version or later can check a fix. */
function isVerifiable({ platform, claimedFix }: ClaimedFix, question: MatrixCell): boolean {
  const [fix, start] = [parseVersion(claimedFix ?? ''), parseVersion(question.startVersion)]
  return platform === question.platform && !!fix && !!start && compareVersions(start, fix) >= 0
}

/** Days until a target can no longer be sent to a model at a version; undefined where no source says. */
export type WindowOf = (of: {
  modelIdentifier: string | null
  startVersion: string
  target: string
}) => number | undefined

/** By Apple's list for management. Each model and version is looked up once. */
export function windowsOf(
  catalogue: Pick<Catalogue, 'listings' | 'listReadOn'>,
  today: string,
): WindowOf {
  const known = new Map<string, ReadonlyMap<string, number | undefined>>()
  return ({ modelIdentifier, startVersion, target }) => {
    const key = `${modelIdentifier} ${startVersion}`
    const targets = known.get(key) ?? lookUp()
    known.set(key, targets)
    return targets.get(target)
    function lookUp() {
      const valid = validTargets({ modelIdentifier, osVersion: startVersion }, catalogue, today)
      const list = valid.status === 'known' ? valid.targets : []
      return new Map(list.map(({ version, daysLeft }) => [version, daysLeft]))
    }
  }
}

/**
 * The trials to run next, the best first, one for each question that a device could answer now. All questions
 * compete, so the matrix is given whole.
 */
export function nextBest(
  blocks: readonly MatrixBlock[],
  devices: readonly UnusedDevice[],
  given: {
    weights: ScoreWeights
    window: WindowOf
    fixes: readonly ClaimedFix[]
    /** How much a question counts; each 1 without it. */
    questionWeight?: (question: MatrixCell) => number
  },
): NextBest[] {
  const weightOf = given.questionWeight ?? (() => 1)
  const cells = blocks.flatMap(({ rows }) => rows.flatMap((row) => row.cells))
  const asked = new Map(
    cells.filter(({ able, possible }) => able > 0 && possible).map((cell) => [cell.id, cell]),
  )
  const windows = longestWindows(devices, asked, given.window)
  const trials = nextTrials(
    [...asked.values()].map((cell) => ({
      id: cell.id,
      successes: cell.reached,
      n: cell.n,
      weight: weightOf(cell),
      verifiesFix: given.fixes.some((fix) => isVerifiable(fix, cell)),
      windowDays: windows.get(cell.id),
    })),
    devices.map((device) => ({
      id: device.id,
      labTag: device.labTag,
      cells: questionsOf(device),
      // A lead reserves a device for a question that is still to come, so for none of these.
      reservedFor: device.reserved ? 'a later question' : undefined,
    })),
    given.weights,
  )
  const reserved = new Set(devices.flatMap(({ id, reserved }) => (reserved ? [id] : [])))
  const seen = new Set<string>()
  return trials.flatMap((trial) => {
    const question = asked.get(trial.cell)
    if (!question || seen.has(trial.cell)) return []
    seen.add(trial.cell)
    const successExpected = (question.reached + 1) / (question.n + 2)
    return [
      {
        ...{ ...trial, question, successExpected, deviceReserved: reserved.has(trial.device) },
        questionWeight: weightOf(question),
      },
    ]
  })
}

/** A question can be answered as long as any of its devices can be sent the target. */
function longestWindows(
  devices: readonly UnusedDevice[],
  asked: ReadonlyMap<string, MatrixCell>,
  window: WindowOf,
): Map<string, number | undefined> {
  const longest = new Map<string, number | undefined>()
  for (const device of devices)
    for (const id of questionsOf(device)) {
      const target = asked.get(id)?.target
      if (target === undefined) continue
      const days = window({ ...device, target })
      const before = longest.get(id)
      const open = longest.has(id) && before === undefined
      longest.set(
        id,
        open || days === undefined ? undefined : Math.max(before ?? Number.NEGATIVE_INFINITY, days),
      )
    }
  return longest
}
