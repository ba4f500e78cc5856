import type { Catalogue } from '../catalogue/sourced'
import type { Platform } from '../device/device'
import { compareVersions, parseVersion } from '../device/os-version'
import type { SlotMechanism } from '../trial/mechanism'
import { listedTargets } from './by-mechanism'
import {
  type MatrixBlock,
  type MatrixCell,
  openQuestions,
  questionsOf,
  type UnusedDevice,
} from './coverage'
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
export type ClaimedFix = {
  platform: Platform
  claimedFix: string | null
  /** What a trial that proves it intervenes by; null for either. */
  fixMechanism: SlotMechanism | null
}

/** Only a trial that starts at the claimed version or later, by what the claim names, can check a fix. */
function isVerifiable(
  { platform, claimedFix, fixMechanism }: ClaimedFix,
  question: MatrixCell,
): boolean {
  if (fixMechanism && question.mechanism !== fixMechanism) return false
  const [fix, start] = [parseVersion(claimedFix ?? ''), parseVersion(question.startVersion)]
  return platform === question.platform && !!fix && !!start && compareVersions(start, fix) >= 0
}

/** Days until a target can no longer be sent to a model at a version; undefined where no source says. */
export type WindowOf = (of: {
  modelIdentifier: string | null
  startVersion: string
  target: string
}) => number | undefined

/** By Apple's list for management. */
export function windowsOf(
  catalogue: Pick<Catalogue, 'listings' | 'listReadOn'>,
  today: string,
): WindowOf {
  const listed = listedTargets(catalogue, today)
  return ({ modelIdentifier, startVersion, target }) =>
    listed(modelIdentifier, startVersion)?.get(target)
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
    for (const { id, target } of openQuestions(device)) {
      if (!asked.has(id)) continue
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
