import type { Platform } from '../device/device'
import { atLeast, below, compareVersions, parseVersion } from '../device/os-version'
import {
  findNamedVersion,
  isRestricted,
  lowerBounds,
  productVersionBounds,
} from '../rules/version-bounds'
import type { SlotMechanism } from '../trial/mechanism'
import { assign } from './assignment'
import { canUse } from './by-mechanism'
import { dayNumber } from './release-gaps'

/** A question that more trials are wanted for. */
export type OpenQuestion = {
  cell: string
  platform: Platform
  mechanism: SlotMechanism
  startVersion: string
  trialsWanted: number
  /** Models that the target is offered to; empty where no source says, which is not "none". */
  models: readonly string[]
  /** The last day on which the target can be sent, YYYY-MM-DD; undefined where no source says. */
  sendableUntil: string | undefined
}

/** What to ask a reseller for. */
export type ProcurementLine = {
  platform: Platform
  mechanism: SlotMechanism
  version: string
  /** Empty where no source says which models are offered the target. */
  models: string[]
  devices: number
  /** The questions they answer. */
  cells: string[]
  /** After this day none of the questions can be answered any more; undefined where that is not known. */
  uselessAfter: string | undefined
  /** What makes trials from this version harder. */
  cautions: string[]
}

/**
 * Which devices to buy: the trials that the lab's own devices, each used once, cannot cover, by starting version
 * and models, for each mechanism. A version without the mechanism is left out, and so is a target that can no longer be
 * sent; newest versions last, as they wait for their next target. `today` is YYYY-MM-DD.
 */
export function procurementAdvice(
  questions: readonly OpenQuestion[],
  devices: readonly { cells: readonly string[] }[],
  today: string,
): ProcurementLine[] {
  const open = questions.filter((question) => canStillBeAsked(question, today))
  const given = assign(
    open.map(({ cell, trialsWanted }) => ({ cell, trials: trialsWanted })),
    devices,
  )
  const short = open
    .map((question) => ({
      ...question,
      missing: question.trialsWanted - (given.get(question.cell) ?? 0),
    }))
    .filter(({ missing }) => missing > 0)
  const groups = Map.groupBy(short, ({ platform, mechanism, startVersion, models }) =>
    JSON.stringify([platform, mechanism, startVersion, models.toSorted()]),
  )
  return [...groups.values()].flatMap(lineOf).toSorted(byVersion)
}

type Short = OpenQuestion & { missing: number }

function lineOf(group: Short[]): ProcurementLine[] {
  const [first] = group
  if (!first) return []
  const ends = group.flatMap(({ sendableUntil }) => sendableUntil ?? [])
  return [
    {
      ...{ platform: first.platform, mechanism: first.mechanism },
      version: first.startVersion,
      models: first.models.toSorted(),
      devices: group.reduce((sum, { missing }) => sum + missing, 0),
      cells: group.map(({ cell }) => cell),
      uselessAfter:
        ends.length < group.length
          ? undefined
          : ends.toSorted((a, b) => dayNumber(b) - dayNumber(a))[0],
      cautions: cautionsOf(first),
    },
  ]
}

function canStillBeAsked(question: OpenQuestion, today: string): boolean {
  const { platform, mechanism, startVersion, sendableUntil } = question
  // What is no version is shown, with that as its caution.
  if (parseVersion(startVersion) && !canUse(mechanism, platform, startVersion)) return false
  return sendableUntil === undefined || dayNumber(sendableUntil) >= dayNumber(today)
}

function cautionsOf({ platform, mechanism, startVersion }: OpenQuestion): string[] {
  const version = parseVersion(startVersion)
  if (!version) return [`"${startVersion}" is not a version`]
  // What follows is known of the command alone.
  if (mechanism === 'declaration') return []
  const named = platform === 'tvOS' ? undefined : findNamedVersion(startVersion)
  const lower = lowerBounds[platform].bound
  const cautions = [
    isRestricted(platform, version) && 'only a device enrolled by ADE, without a passcode',
    below(version, lower) &&
      !isRestricted(platform, version) &&
      `the command is not known to work before ${lower}`,
    atLeast(version, lower) &&
      below(version, productVersionBounds[platform].bound) &&
      `ProductVersion is not understood before ${productVersionBounds[platform].bound}`,
    named && `${startVersion} ${named.reason}`,
  ]
  return cautions.filter((caution) => typeof caution === 'string')
}

function byVersion(a: ProcurementLine, b: ProcurementLine): number {
  const [left, right] = [parseVersion(a.version), parseVersion(b.version)]
  if (left && right && compareVersions(left, right) !== 0) return compareVersions(left, right)
  if (!left !== !right) return left ? -1 : 1
  if (a.platform !== b.platform) return a.platform < b.platform ? -1 : 1
  return a.mechanism < b.mechanism ? -1 : a.mechanism > b.mechanism ? 1 : 0
}
