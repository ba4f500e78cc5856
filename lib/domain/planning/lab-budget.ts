import { standingOf } from '../catalogue/countdown'
import { familyOfDevice } from '../catalogue/feed'
import type { Catalogue } from '../catalogue/sourced'
import { type Platform, platforms } from '../device/device'
import { compareVersions, parseVersion } from '../device/os-version'
import { beginsWith } from '../text/address-filter'
import type { SlotMechanism } from '../trial/mechanism'
import { type BudgetView, isRemovedText, usualEnd } from './budget-view'
import { canUse, listedTargets } from './by-mechanism'
import { releasesOf } from './catalogue-releases'
import { addDays, dayNumber } from './release-gaps'
import {
  type BudgetDevice,
  type BurnDown,
  burnDown,
  type Forecast,
  forecastOf,
  isForecast,
  type Range,
  trialsLeft,
} from './trial-budget'

/** A device in use, as the budget counts it. */
export type LabDevice = {
  id: string
  labTag: string
  platform: Platform
  modelIdentifier: string | null
  /** Undefined where its OS is not known. */
  version: string | undefined
  /** Versions it offered when it was last queried; undefined where that is not known. */
  offered: readonly string[] | undefined
  /** Whether no trial has consumed its baseline and none is under way on it; undefined where its build is not known. */
  unused: boolean | undefined
}

const majorOf = (text: string | undefined): number | undefined => parseVersion(text ?? '')?.[0]
const highest = (majors: readonly (number | undefined)[]): number | undefined => {
  const known = majors.filter((major) => major !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

type Facts = Pick<Catalogue, 'listings' | 'listReadOn' | 'releases'>

/** Looks each model up once: a lab has many devices of few models. */
export function budgetDeviceOf(
  catalogue: Facts,
  today: string,
): (device: LabDevice) => BudgetDevice {
  const known = new Map<string, ReturnType<typeof modelFacts>>()
  const listed = listedTargets(catalogue, today)
  return ({ platform, modelIdentifier, version = '', offered: answer, unused }) => {
    const isThere = isRemovedText(version)
    // A device from 27 on offers nothing any more, so an old answer is none.
    const offered = isThere ? undefined : answer
    const model = modelIdentifier ?? ''
    const facts = known.get(model) ?? modelFacts(model, catalogue, today)
    known.set(model, facts)
    const listedHere = listed(modelIdentifier, version)
    const onList = listedHere && [...listedHere.keys()]
    // A declaration may name what the list has besides what the device offers (Q23), as in the coverage matrix.
    const named = {
      command: offered ?? onList,
      declaration: offered || onList ? [...(offered ?? []), ...(onList ?? [])] : undefined,
    }
    const hopBy = (mechanism: SlotMechanism): boolean | undefined => {
      if (unused === false || !canUse(mechanism, platform, version)) return false
      if (unused === undefined) return undefined
      return named[mechanism]?.some(
        (target) => (isThere || !isRemovedText(target)) && isNewer(target, version),
      )
    }
    const below = (offered ?? []).filter((target) => !isRemovedText(target))
    return {
      platform,
      version,
      hopOffered: { command: hopBy('command'), declaration: hopBy('declaration') },
      line: isThere
        ? facts.lineFrom27 && highest([facts.lineFrom27, majorOf(version)])
        : facts.line === undefined && offered === undefined
          ? undefined
          : highest([facts.line, ...below.map(majorOf), majorOf(version)]),
      takesRemoval:
        isThere || (facts.takesRemoval ?? (offered?.some(isRemovedText) ? true : undefined)),
    }
  }
}

const isNewer = (target: string, version: string): boolean => {
  const [to, from] = [parseVersion(target), parseVersion(version)]
  return to !== undefined && from !== undefined && compareVersions(to, from) > 0
}

/** What the catalogue says of a model: its line below the removal and from it on, and whether it takes the version that removes the command. */
function modelFacts(model: string, { listings, releases }: Facts, today: string) {
  const family = familyOfDevice(model)
  const rows = listings.filter((one) => one.set === 'managed' && one.family === family)
  const own = rows.filter(({ devices }) => devices.includes(model))
  const removing = [...rows, ...releases.filter((one) => one.family === family)].filter(
    ({ version, devices }) => isRemovedText(version) && devices.length > 0,
  )
  const named = removing.some(({ devices }) => devices.includes(model))
  const open = own.filter(({ until }) => standingOf(until, today) !== 'ended')
  const lineOf = (from27: boolean) =>
    highest(
      open
        .filter(({ version }) => isRemovedText(version) === from27)
        .map(({ version }) => majorOf(version)),
    )
  return {
    line: lineOf(false),
    lineFrom27: lineOf(true),
    // A source that names the models of that version, and not this one, says that it is left out.
    takesRemoval: removing.length === 0 ? undefined : named,
  }
}

/** The devices of one version, with the trials they have left. */
export type BudgetLine = Range & {
  platform: Platform
  version: string
  devices: number
  /** Of them, devices with an unused baseline, and those of which that is not known. */
  unused: number
  unusedUnknown: number
  /** Of them, devices whose future releases cannot be forecast. */
  withoutForecast: number
}

export type LabBudget = {
  burnDown: BurnDown
  now: Range
  /** The trials left by each mechanism. One that can be by either counts in both, so they do not add up. */
  byMechanism: Record<SlotMechanism, Range>
  lines: BudgetLine[]
  devices: (LabDevice & {
    version: string
    left: Range
    line: number | undefined
    isForecast: boolean
  })[]
  /** Devices whose OS is not known: nothing is counted of them. */
  osUnknown: LabDevice[]
  forecasts: Forecast[]
  endsOn: string
}

/** Steps of the burn-down; fewer where the end is near. */
const maxSteps = 12

/** The days of a burn-down, evenly spaced from today to the end, both among them. */
export function burnDownDays(today: string, endsOn: string): string[] {
  const length = dayNumber(endsOn) - dayNumber(today)
  const steps = Math.max(1, Math.min(maxSteps, length))
  const days = Array.from({ length: steps + 1 }, (_, at) => addDays(today, (length * at) / steps))
  return [...new Set(days)]
}

/** The lab's trials left: now by device and version, and as a burn-down to the assumed end of the releases. */
export function labBudget(
  all: readonly LabDevice[],
  catalogue: Facts,
  view: BudgetView,
  today: string,
): LabBudget {
  const { platform, start } = view
  const endsOn = view.ends ?? usualEnd(catalogue, today)
  const shown = all.filter((device) => platform === undefined || device.platform === platform)
  const osUnknown = shown.filter(({ version }) => parseVersion(version ?? '') === undefined)
  const asBudget = budgetDeviceOf(catalogue, today)
  const known = shown.flatMap((device) => {
    const { version } = device
    if (version === undefined || parseVersion(version) === undefined) return []
    return beginsWith(version, start) ? [{ ...device, version, budget: asBudget(device) }] : []
  })
  const forecasts = forecastsOf(
    known.map(({ budget }) => budget),
    catalogue,
    endsOn,
  )
  const asked = { today, ...(view.mechanism && { mechanism: view.mechanism }) }
  const devices = known.map(({ budget, ...device }) => ({
    ...device,
    ...{ line: budget.line, left: trialsLeft(budget, forecasts, asked) },
    isForecast: isForecast(budget, forecasts, view.mechanism),
  }))
  const budgets = known.map(({ budget }) => budget)
  const by = (mechanism: SlotMechanism) =>
    sumOf(budgets.map((one) => trialsLeft(one, forecasts, { today, mechanism })))
  return {
    burnDown: burnDown(budgets, forecasts, { ...asked, days: burnDownDays(today, endsOn) }),
    now: sumOf(devices.map(({ left }) => left)),
    byMechanism: { command: by('command'), declaration: by('declaration') },
    lines: linesOf(devices),
    ...{ devices, forecasts, endsOn },
    // A device of unknown version is in no part of the versions that were asked for.
    osUnknown: start === undefined ? osUnknown : [],
  }
}

function forecastsOf(
  devices: readonly BudgetDevice[],
  catalogue: Facts,
  endsOn: string,
): Forecast[] {
  const releases = releasesOf(catalogue)
  const lines = Map.groupBy(devices, ({ platform, line }) => `${platform} ${line}`)
  return [...lines.values()]
    .flatMap(([first]) => {
      if (first?.line === undefined) return []
      return forecastOf(releases, first.platform, first.line, endsOn) ?? []
    })
    .toSorted((a, b) => a.platform.localeCompare(b.platform) || a.major - b.major)
}

const sumOf = (ranges: readonly Range[]): Range => ({
  low: ranges.reduce((sum, { low }) => sum + low, 0),
  expected: ranges.reduce((sum, { expected }) => sum + expected, 0),
  high: ranges.reduce((sum, { high }) => sum + high, 0),
})

function linesOf(devices: LabBudget['devices']): BudgetLine[] {
  const groups = Map.groupBy(devices, ({ platform, version }) => `${platform} ${version}`)
  return [...groups.values()]
    .flatMap((group): BudgetLine[] => {
      const [first] = group
      if (!first) return []
      const { platform, version } = first
      return [
        {
          ...{ platform, version, devices: group.length },
          ...sumOf(group.map(({ left }) => left)),
          unused: group.filter(({ unused }) => unused === true).length,
          unusedUnknown: group.filter(({ unused }) => unused === undefined).length,
          withoutForecast: group.filter((one) => !one.isForecast).length,
        },
      ]
    })
    .toSorted(
      (a, b) =>
        platforms.indexOf(a.platform) - platforms.indexOf(b.platform) ||
        compareVersions(parseVersion(a.version) ?? [], parseVersion(b.version) ?? []),
    )
}
