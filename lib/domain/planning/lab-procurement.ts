import { standingOf } from '../catalogue/countdown'
import { familyOfSystem } from '../catalogue/feed'
import { daysOf } from '../catalogue/feed-date'
import type { Catalogue } from '../catalogue/sourced'
import { type Platform, platformOf } from '../device/device'
import { parseVersion } from '../device/os-version'
import { beginsWith } from '../text/address-filter'
import type { SlotMechanism } from '../trial/mechanism'
import { type ProcurementView, usualWanted } from './budget-view'
import { type MatrixBlock, type MatrixCell, questionsOf, type UnusedDevice } from './coverage'
import { type OpenQuestion, type ProcurementLine, procurementAdvice } from './procurement'

export type LabAdvice = {
  lines: (ProcurementLine & { questions: MatrixCell[] })[]
  /** Questions with fewer trials than wanted whose target can be sent, as far as is known. */
  open: number
  /** Questions that no device can answer any more, as Apple's list does not have their target for the platform. */
  notListed: number
  /** Trials of which the passcode or the target is not known: they are no question that a device could be bought for. */
  unclear: number
  /** The day of the copy of Apple's list; without one nothing is known of which targets can still be sent. */
  listReadOn: string | undefined
}

type Facts = Pick<Catalogue, 'listings' | 'listReadOn' | 'releases'>

/**
 * What to ask a reseller for: each question of the matrix is to have as many trials as wanted, and what the lab's
 * unused devices cannot cover is bought. `today` is YYYY-MM-DD.
 */
export function labAdvice(
  blocks: readonly MatrixBlock[],
  devices: readonly UnusedDevice[],
  catalogue: Facts,
  view: ProcurementView,
  today: string,
): LabAdvice {
  const wanted = view.wanted ?? usualWanted
  const cells = blocks
    .flatMap(({ rows }) => rows.flatMap((row) => row.cells))
    .filter(isByOne)
    .filter((cell) => isShown(cell, view) && cell.possible && cell.n < wanted)
  const clear = cells.filter(isClear)
  const sendable = sendableTo(catalogue, today)
  const questions = clear.flatMap((cell): OpenQuestion[] => {
    const target = sendable(cell)
    return target ? [{ ...asQuestion(cell, wanted), ...target }] : []
  })
  const byId = new Map(clear.map((cell) => [cell.id, cell]))
  const able = devices.map((device) => ({ cells: questionsOf(device) }))
  return {
    lines: procurementAdvice(questions, able, today).map((line) => ({
      ...line,
      questions: line.cells.flatMap((id) => byId.get(id) ?? []),
    })),
    open: questions.length,
    notListed: clear.length - questions.length,
    unclear: cells.length - clear.length,
    listReadOn: catalogue.listReadOn,
  }
}

/** Trials by both mechanisms ask what their protocol asks, which no device is bought for. */
type CellByOne = MatrixCell & { mechanism: SlotMechanism }
const isByOne = (cell: MatrixCell): cell is CellByOne => cell.mechanism !== 'both'

const asQuestion = ({ id, platform, mechanism, startVersion, n }: CellByOne, wanted: number) => ({
  ...{ cell: id, platform, mechanism, startVersion },
  trialsWanted: wanted - n,
})

const isShown = (
  cell: MatrixCell,
  { platform, passcode, mechanism, start, target }: ProcurementView,
) =>
  (platform === undefined || cell.platform === platform) &&
  (passcode === undefined || cell.passcode === passcode) &&
  (mechanism === undefined || cell.mechanism === mechanism) &&
  beginsWith(cell.startVersion, start) &&
  beginsWith(cell.target, target)

const isClear = ({ passcode, target }: MatrixCell): boolean =>
  passcode !== 'unknown' && parseVersion(target) !== undefined

type Sendable = Pick<OpenQuestion, 'models' | 'sendableUntil'>

/**
 * The models that a target is offered to from a version, and until when; undefined where Apple's list was read and
 * does not have it for the platform, and no device of the lab offers it either.
 */
function sendableTo({ listings, listReadOn, releases }: Facts, today: string) {
  const managed = Map.groupBy(
    listings.filter((one) => one.set === 'managed' && one.extra === undefined),
    ({ family, version }) => `${family} ${version}`,
  )
  const released = Map.groupBy(releases, ({ family, version }) => `${family} ${version}`)
  return ({ platform, startVersion, target, able }: MatrixCell): Sendable | undefined => {
    const key = `${familyOfSystem(platform)} ${target}`
    const own = (models: readonly string[]) => modelsOf(models, platform, startVersion)
    const rows = (managed.get(key) ?? []).filter(
      ({ devices }) => devices.length === 0 || own(devices).length > 0,
    )
    const open = rows.filter(({ until }) => standingOf(until, today) !== 'ended')
    if (open.length === 0) {
      if (listReadOn !== undefined && able === 0) return undefined
      const models = own((released.get(key) ?? []).flatMap(({ devices }) => devices))
      return { models, sendableUntil: undefined }
    }
    const ends = open.flatMap(({ until }) => (until ? [daysOf(until).last] : []))
    return {
      models: own(open.flatMap(({ devices }) => devices)),
      sendableUntil: ends.length < open.length ? undefined : ends.toSorted().at(-1),
    }
  }
}

/** The models that run this platform at that version: an iPad below 13.1 runs iOS. */
const modelsOf = (models: readonly string[], platform: Platform, osVersion: string): string[] =>
  [...new Set(models)]
    .filter((modelIdentifier) => platformOf({ modelIdentifier, osVersion }) === platform)
    .toSorted()
