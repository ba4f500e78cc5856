import type { Platform } from '../device/device'
import { compareVersions, parseVersion } from '../device/os-version'
import type { PasscodeState } from '../device/passcode'
import type { Outcome } from '../outcome/outcome'
import { type Interval, rateOf } from '../statistics/proportion'
import { reachedIn } from '../statistics/statistics'
import { type Mechanism, mechanisms, type SlotMechanism, slotMechanisms } from '../trial/mechanism'
import type { PrimaryOutcome } from '../trial/primary-outcome'
import { canUse } from './by-mechanism'

/** One question of the matrix: what happens from one version to another by one mechanism, on one platform, with or without a passcode. */
type Question = {
  platform: Platform
  passcode: PasscodeState
  mechanism: Mechanism
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
  /** Versions that Apple's list has for its model at its version; undefined where that was not looked up or is not known. */
  listed?: readonly string[] | undefined
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
  /** Of the able ones, those that offered the target themselves; the others have it on Apple's list. */
  offering: number
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

export type MatrixBlock = Pick<Question, 'platform' | 'passcode' | 'mechanism'> & {
  targets: string[]
  rows: MatrixRow[]
}

const questionId = ({ platform, passcode, mechanism, startVersion, target }: Question): string =>
  [platform, passcode, mechanism, startVersion, target].join(' ')

/** Stands for the target of trials whose record does not name one. */
export const unknownTarget = 'not known'

/**
 * Start versions × targets, one block for each platform, passcode and mechanism, with what the trials of one primary
 * outcome show and which devices could add to it. A cell without a trial is there like any other. A device is in the
 * blocks of each mechanism that its version has, though one trial by either uses it up. No device is counted for trials
 * by both mechanisms: what such a trial asks is its protocol's own question.
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
  const blocks = Map.groupBy(
    [...trials.filter((one) => one.primary === primary), ...devices.flatMap(asMembers)],
    ({ platform, passcode, mechanism }) => `${platform} ${passcode} ${mechanism}`,
  )
  return [...blocks.values()]
    .flatMap((members): MatrixBlock[] => {
      const [first] = members
      if (!first) return []
      const { platform, passcode, mechanism } = first
      const own = members.filter((one) => 'targets' in one)
      const targets = inOrder(members.flatMap(targetsOf))
      const starts = inOrder(members.map(({ startVersion }) => startVersion))
      const rows = starts.map((startVersion): MatrixRow => {
        const here = own.filter((device) => device.startVersion === startVersion)
        return {
          startVersion,
          cells: targets.map((target) =>
            cellOf({ platform, passcode, mechanism, startVersion, target }, counted, able),
          ),
          devices: here.length,
          notQueried: here.filter(({ targets: known }) => known === undefined).length,
        }
      })
      return [{ platform, passcode, mechanism, targets, rows }]
    })
    .toSorted((a, b) => orderOf(a) - orderOf(b))
}

/** A device in the block of one mechanism, with the versions that it could be sent; undefined where they are not known. */
type DeviceMember = Omit<Question, 'target'> & { targets: readonly string[] | undefined }

const asMembers = (device: UnusedDevice): DeviceMember[] =>
  slotMechanisms.flatMap((mechanism) => {
    const { platform, passcode, startVersion } = device
    if (!canUse(mechanism, platform, startVersion)) return []
    return [{ platform, passcode, mechanism, startVersion, targets: targetsFor(device, mechanism) }]
  })

/**
 * What a device could be sent by a mechanism. From 27 on a device offers nothing any more, so an old answer is none; a
 * declaration may also name what Apple's list has for the model.
 */
function targetsFor(
  { platform, startVersion, offered, listed }: UnusedDevice,
  mechanism: SlotMechanism,
): readonly string[] | undefined {
  if (!canUse(mechanism, platform, startVersion)) return undefined
  if (mechanism === 'command') return offered
  const own = canUse('command', platform, startVersion) ? offered : undefined
  return own || listed ? [...new Set([...(own ?? []), ...(listed ?? [])])] : undefined
}

const targetsOf = (member: CoverageTrials | DeviceMember): readonly string[] =>
  'targets' in member ? (member.targets ?? []) : [member.target ?? unknownTarget]

function cellOf(
  question: Question,
  counted: ReadonlyMap<string, readonly CoverageTrials[]>,
  able: ReadonlyMap<string, Able>,
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
    ...(able.get(id) ?? { able: 0, reserved: 0, offering: 0 }),
    possible: isNewer(question),
  }
}

type Able = Pick<MatrixCell, 'able' | 'reserved' | 'offering'>

function countAble(devices: readonly UnusedDevice[]): Map<string, Able> {
  const counts = new Map<string, Able>()
  for (const device of devices)
    for (const { id, target } of openQuestions(device)) {
      const count = counts.get(id) ?? { able: 0, reserved: 0, offering: 0 }
      count.able += 1
      if (device.reserved) count.reserved += 1
      if (device.offered?.includes(target)) count.offering += 1
      counts.set(id, count)
    }
  return counts
}

export type DeviceQuestion = { id: string; mechanism: SlotMechanism; target: string }
const known = new WeakMap<UnusedDevice, readonly DeviceQuestion[]>()

/** The questions that a device could answer now: each newer version that it could be sent. Kept, as each step of a plan asks. */
export function openQuestions(device: UnusedDevice): readonly DeviceQuestion[] {
  const before = known.get(device)
  if (before) return before
  const questions = slotMechanisms.flatMap((mechanism) =>
    [...new Set(targetsFor(device, mechanism) ?? [])].flatMap((target) => {
      const id = questionOf(device, target, mechanism)
      return id === undefined ? [] : [{ id, mechanism, target }]
    }),
  )
  known.set(device, questions)
  return questions
}

/** The same as the IDs of cells. */
export const questionsOf = (device: UnusedDevice): readonly string[] =>
  openQuestions(device).map(({ id }) => id)

/** The question that a trial of the device asks with a target; undefined where the target is no newer version. */
export function questionOf(
  device: UnusedDevice,
  target: string,
  mechanism: SlotMechanism,
): string | undefined {
  const question = { ...device, target, mechanism }
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
const orderOf = ({ platform, passcode, mechanism }: Omit<Question, 'startVersion' | 'target'>) =>
  (platformOrder.indexOf(platform) * passcodeOrder.length + passcodeOrder.indexOf(passcode)) *
    mechanisms.length +
  mechanisms.indexOf(mechanism)
