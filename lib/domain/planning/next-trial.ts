import { wilsonInterval } from '../statistics/proportion'
import { type ScoreTerm, type ScoreWeights, scoreTerms, usualWeights } from './score-terms'

/** A question of the coverage matrix: what happens from one starting version to one target, and how much is known. */
export type CoverageCell = {
  id: string
  /** Counted trials, and how many of them reached the primary outcome. */
  successes: number
  n: number
  /** How much the lab wants the answer, 1 unless a lead says otherwise. */
  weight: number
  /** Whether a trial here can prove or refute a fix that Apple claims. */
  verifiesFix: boolean
  /** Days until the target can no longer be sent; undefined where no source says. */
  windowDays: number | undefined
}

/** A device that could be spent, with the questions it could answer now. */
export type SpendableDevice = {
  id: string
  labTag: string
  cells: readonly string[]
  /** The question it is reserved for. */
  reservedFor?: string | undefined
}

/** From here on a window is near enough to count, more each day; iOS releases come about 22 days apart. */
const urgentDays = 30

export type ScoredTrial = {
  device: string
  labTag: string
  cell: string
  /** The sum of the terms below. */
  score: number
  /** Each term as measured, its weight, and what it adds or takes away. */
  terms: Record<ScoreTerm, { value: number; weight: number; adds: number }>
  /** Other devices that could answer the same question. */
  alternatives: number
}

/** The width of the Wilson 95 % interval; 1 where nothing is known. */
const widthOf = (successes: number, n: number): number => {
  if (n === 0) return 1
  const { low, high } = wilsonInterval(successes, n)
  return high - low
}

/**
 * By how much one more trial narrows the interval on average, when its success is as likely as Laplace's
 * rule of succession says, (x + 1) / (n + 2).
 */
export function expectedShrinkage(successes: number, n: number): number {
  const success = (successes + 1) / (n + 2)
  return (
    widthOf(successes, n) -
    success * widthOf(successes + 1, n + 1) -
    (1 - success) * widthOf(successes, n + 1)
  )
}

/**
 * Every trial that could be run next, the best first: question weight × expected shrinkage, more where a fix
 * can be verified or a window closes, less for questions that only this device could still answer and for a
 * device reserved for another question. Equal scores go by the fewest alternatives, then by lab tag.
 * Throws where a device names a cell that is not given.
 */
export function nextTrials(
  cells: readonly CoverageCell[],
  devices: readonly SpendableDevice[],
  weights: ScoreWeights = usualWeights,
): ScoredTrial[] {
  const gains = new Map(
    cells.map((cell) => [
      cell.id,
      { cell, gain: cell.weight * expectedShrinkage(cell.successes, cell.n) },
    ]),
  )
  const able = countAble(devices)
  const inOrder = devices.toSorted((a, b) => tags.compare(a.labTag, b.labTag))
  const scored = inOrder.flatMap((device) => {
    const own = [...new Set(device.cells)].sort().map((id) => {
      const known = gains.get(id)
      if (!known) throw new Error(`the device ${device.labTag} names an unknown cell ${id}`)
      return { ...known, alternatives: (able.get(id) ?? 1) - 1 }
    })
    const sole = own.filter(({ alternatives }) => alternatives === 0)
    const soleGain = sole.reduce((sum, { gain }) => sum + gain, 0)
    return own.map(({ cell, gain, alternatives }) => {
      const lost = soleGain - (alternatives === 0 ? gain : 0)
      const terms = termsOf(cell, gain, lost, device, weights)
      const score = scoreTerms.reduce((sum, term) => sum + terms[term].adds, 0)
      return { device: device.id, labTag: device.labTag, cell: cell.id, score, terms, alternatives }
    })
  })
  return scored.toSorted(byScore)
}

function termsOf(
  cell: CoverageCell,
  gain: number,
  lost: number,
  { reservedFor }: SpendableDevice,
  weights: ScoreWeights,
): ScoredTrial['terms'] {
  const { windowDays } = cell
  const near = windowDays === undefined ? 0 : 1 - Math.max(0, windowDays) / urgentDays
  const term = (name: ScoreTerm, value: number, sign: 1 | -1) => ({
    value,
    weight: weights[name],
    // Without a −0, which a table would show.
    adds: value === 0 ? 0 : sign * value * weights[name],
  })
  return {
    shrinkage: term('shrinkage', gain, 1),
    verification: term('verification', cell.verifiesFix ? 1 : 0, 1),
    urgency: term('urgency', Math.max(0, near), 1),
    opportunity: term('opportunity', Math.max(0, lost), -1),
    reserved: term('reserved', reservedFor !== undefined && reservedFor !== cell.id ? 1 : 0, -1),
  }
}

function countAble(devices: readonly SpendableDevice[]): Map<string, number> {
  const able = new Map<string, number>()
  for (const device of devices)
    for (const cell of new Set(device.cells)) able.set(cell, (able.get(cell) ?? 0) + 1)
  return able
}

/** "iPad-2" before "iPad-10". */
const tags = new Intl.Collator('en', { numeric: true })
/** Sums of the same terms in another order differ in their last digits and are one score. */
const rounded = (score: number): number => Math.round(score * 1e9)

/** A sort is stable, and what is sorted is in the order of lab tags already. */
const byScore = (a: ScoredTrial, b: ScoredTrial): number =>
  rounded(b.score) - rounded(a.score) || a.alternatives - b.alternatives
