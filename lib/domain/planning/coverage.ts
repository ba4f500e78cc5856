import type { Platform } from '../device/device'
import { compareVersions, parseVersion } from '../device/os-version'
import type { PasscodeState } from '../device/passcode'
import type { Outcome } from '../outcome/outcome'
import { type Interval, rateOf } from '../statistics/proportion'
import { reachedIn } from '../statistics/statistics'
import type { PrimaryOutcome } from '../trial/primary-outcome'

/** One question of the matrix: what happens from one version to another, on one platform, with or without a passcode. */
type Question = {
  platform: Platform
  passcode: PasscodeState
  startVersion: string
  target: string
}

/** Concluded trials of one question with one outcome. `target` is null where the record does not say it. */
export type CoverageTrials = Omit<Question, 'target'> & {
  target: string | null
  outcome: Outcome
  primary: PrimaryOutcome
  against: boolean
  trials: number
  last: LastTrial
}

type LastTrial = { id: string; number: number; at: Date }

/** A device whose baseline no trial has consumed, on which none is under way. */
export type UnusedDevice = {
  id: string
  /** Its lab tag, or its name. */
  labTag: string
  platform: Platform
  passcode: PasscodeState
  modelIdentifier: string | null
  startVersion: string
  /** Versions it offered when it was last queried; undefined where it was not, or the answer was unknown. */
  offered: readonly string[] | undefined
  /** Reserved by a lead for a later question. */
  reserved: boolean
}

export type MatrixCell = Question & {
  id: string
  n: number
  reached: number
  /** Wilson's 95 % interval; undefined where n is too small for a rate. */
  interval: Interval | undefined
  last: LastTrial | undefined
  /** Devices that could run a trial of it, and how many of those are reserved. */
  able: number
  reserved: number
  /** False where the target is not newer than the start. */
  possible: boolean
}

export type MatrixRow = {
  startVersion: string
  cells: MatrixCell[]
  /** Devices at this version with an unused baseline: the tests left here. */
  devices: number
  /** Of those, devices whose targets are not known. */
  notQueried: number
}

export type MatrixBlock = Pick<Question, 'platform' | 'passcode'> & {
  targets: string[]
  rows: MatrixRow[]
}

const questionId = ({ platform, passcode, startVersion, target }: Question): string =>
  [platform, passcode, startVersion, target].join(' ')

/** Stands for the target of trials whose record does not name one. */
export const unknownTarget = 'not known'

/**
 * Start versions × targets, one block for each platform and passcode, with what the trials of one primary outcome
 * show and which devices could add to it. A cell without a trial is there like any other.
 */
export function coverageMatrix(
  trials: readonly CoverageTrials[],
  devices: readonly UnusedDevice[],
  primary: PrimaryOutcome,
): MatrixBlock[] {
  const counted = Map.groupBy(
    trials.filter((one) => one.primary === primary),
    (one) => questionId({ ...one, target: one.target ?? unknownTarget }),
  )
  const able = countAble(devices)
  const blocks = Map.groupBy<string, CoverageTrials | UnusedDevice>(
    [...trials.filter((one) => one.primary === primary), ...devices],
    ({ platform, passcode }) => `${platform} ${passcode}`,
  )
  return [...blocks.values()]
    .flatMap((members): MatrixBlock[] => {
      const [first] = members
      if (!first) return []
      const { platform, passcode } = first
      const own = members.filter((one): one is UnusedDevice => 'offered' in one)
      const targets = inOrder(members.flatMap(targetsOf))
      const starts = inOrder(members.map(({ startVersion }) => startVersion))
      const rows = starts.map((startVersion): MatrixRow => {
        const here = own.filter((device) => device.startVersion === startVersion)
        return {
          startVersion,
          cells: targets.map((target) =>
            cellOf({ platform, passcode, startVersion, target }, counted, able),
          ),
          devices: here.length,
          notQueried: here.filter(({ offered }) => offered === undefined).length,
        }
      })
      return [{ platform, passcode, targets, rows }]
    })
    .toSorted((a, b) => orderOf(a) - orderOf(b))
}

const targetsOf = (member: CoverageTrials | UnusedDevice): readonly string[] =>
  'offered' in member ? (member.offered ?? []) : [member.target ?? unknownTarget]

function cellOf(
  question: Question,
  counted: ReadonlyMap<string, readonly CoverageTrials[]>,
  able: ReadonlyMap<string, { able: number; reserved: number }>,
): MatrixCell {
  const id = questionId(question)
  const group = counted.get(id) ?? []
  const outcomes = group.map((one) => ({ ...one, row: one.startVersion }))
  const { n, reached } = reachedIn(outcomes, group[0]?.primary ?? 'installed')
  return {
    ...question,
    id,
    n,
    reached,
    interval: rateOf(reached, n)?.interval,
    last: group.map(({ last }) => last).toSorted((a, b) => b.number - a.number)[0],
    ...(able.get(id) ?? { able: 0, reserved: 0 }),
    possible: isNewer(question),
  }
}

function countAble(devices: readonly UnusedDevice[]) {
  const counts = new Map<string, { able: number; reserved: number }>()
  for (const device of devices)
    for (const id of questionsOf(device)) {
      const count = counts.get(id) ?? { able: 0, reserved: 0 }
      count.able += 1
      if (device.reserved) count.reserved += 1
      counts.set(id, count)
    }
  return counts
}

const known = new WeakMap<UnusedDevice, readonly string[]>()

/** The questions that a device could answer now: each newer version that it offered. Kept, as each step of a plan asks. */
export function questionsOf(device: UnusedDevice): readonly string[] {
  const before = known.get(device)
  if (before) return before
  const questions = [...new Set(device.offered ?? [])].flatMap(
    (target) => questionOf(device, target) ?? [],
  )
  known.set(device, questions)
  return questions
}

/** The question that a trial of the device asks with a target; undefined where the target is no newer version. */
export function questionOf(device: UnusedDevice, target: string): string | undefined {
  const question = { ...device, target }
  return isNewer(question) ? questionId(question) : undefined
}

function isNewer({ startVersion, target }: Pick<Question, 'startVersion' | 'target'>): boolean {
  const [from, to] = [parseVersion(startVersion), parseVersion(target)]
  return !from || !to || compareVersions(to, from) > 0
}

/** By number, what is no version last. */
const inOrder = (versions: readonly string[]): string[] =>
  [...new Set(versions)].toSorted((a, b) => {
    const [left, right] = [parseVersion(a), parseVersion(b)]
    if (left && right) return compareVersions(left, right)
    return left ? -1 : right ? 1 : a < b ? -1 : 1
  })

const platformOrder: readonly Platform[] = ['iOS', 'iPadOS', 'tvOS']
const passcodeOrder: readonly PasscodeState[] = ['notSet', 'set', 'unknown', 'notApplicable']
const orderOf = ({ platform, passcode }: Pick<Question, 'platform' | 'passcode'>): number =>
  platformOrder.indexOf(platform) * passcodeOrder.length + passcodeOrder.indexOf(passcode)
