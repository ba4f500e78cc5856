import {
  compareVersions,
  isBuild,
  joinVersion,
  parseVersion,
  sameVersion,
} from '../device/os-version'
import type { OfferedUpdate } from '../reading/reading'
import { buildOfProductKey } from '../trial/offered-target'
import { daysLeft, type Standing, standingOf } from './countdown'
import { familyOfDevice } from './feed'
import type { FeedDate } from './feed-date'
import type { Catalogue } from './sourced'
import { findTwins } from './twins'
import { newestFirst } from './version-order'

/** A version that management may order for one device, by Apple's list. */
export type Target = {
  version: string
  builds: readonly string[]
  /** Each end that the list gives for this device; several where it contradicts itself, none where it gives none. */
  untils: readonly FeedDate[]
  standing: Standing
  daysLeft?: number
}

/** What the catalogue says of a device: its targets, or why nothing can be said. */
export type ValidTargets =
  | { status: 'known'; targets: readonly Target[]; readOn: string }
  | { status: 'unknown'; reason: string }

type DeviceFacts = { modelIdentifier: string | null; osVersion: string | undefined }

/**
 * The targets above the installed version that the list for management has for this very model and that have not
 * ended. Another group's row, a signed restore image and a list without devices say nothing of it.
 * @param today YYYY-MM-DD in UTC
 */
export function validTargets(
  { modelIdentifier, osVersion }: DeviceFacts,
  { listings, listReadOn }: Pick<Catalogue, 'listings' | 'listReadOn'>,
  today: string,
): ValidTargets {
  const unknown = (reason: string) => ({ status: 'unknown' as const, reason })
  if (listReadOn === undefined) return unknown('no copy of Apple’s list was imported')
  if (!modelIdentifier) return unknown('the model of the device is not known')
  const family = familyOfDevice(modelIdentifier)
  if (family === undefined) return unknown(`${modelIdentifier} is no model of a known system`)
  const installed = parseVersion(osVersion ?? '')
  if (!installed) return unknown('its OS version is not known')
  const own = listings.filter(
    (one) =>
      one.set === 'managed' && one.family === family && one.devices.includes(modelIdentifier),
  )
  if (own.length === 0)
    return unknown(`the list for management, read ${listReadOn}, does not name ${modelIdentifier}`)
  const twins = findTwins(listings)
  const newer = own.filter(({ version, extra }) => {
    const parsed = parseVersion(joinVersion(version, extra))
    return parsed !== undefined && compareVersions(parsed, installed) > 0
  })
  const groups = Map.groupBy(newer, ({ version, extra }) => joinVersion(version, extra))
  const targets = [...groups].map(([version, rows]): Target => {
    const builds = new Set(rows.flatMap(({ build }) => (build ? (twins.get(build) ?? build) : [])))
    // One row that has not ended is enough: https://support.apple.com/guide/deployment/depafd2fad80
    const open = rows.find(({ until }) => standingOf(until, today) === 'listed')
    const best = open ?? rows.find(({ until }) => standingOf(until, today) === 'unclear') ?? rows[0]
    const left = daysLeft(best?.until, today)
    const ends = new Map(rows.flatMap(({ until }) => (until ? [[until.text, until]] : [])))
    return {
      ...{ version, builds: [...builds], untils: [...ends.values()] },
      standing: standingOf(best?.until, today),
      ...(left !== undefined && { daysLeft: left }),
    }
  })
  const valid = targets.filter(({ standing }) => standing !== 'ended')
  return {
    status: 'known',
    targets: valid.toSorted((a, b) => newestFirst(a.version, b.version)),
    readOn: listReadOn,
  }
}

/** How the catalogue and the device agree on one version. */
export type Agreement = 'both' | 'otherBuild' | 'catalogueOnly' | 'deviceOnly'

export type ComparedTarget = {
  agreement: Agreement
  version: string
  target?: Target
  offered?: OfferedUpdate
}

/**
 * Lays what the catalogue has for a device beside what the device offers itself. A device usually offers only the
 * newest, so a target of the catalogue alone is a difference and no error.
 */
export function compareTargets(
  targets: readonly Target[],
  offers: readonly OfferedUpdate[],
): readonly ComparedTarget[] {
  const offered = offers.map((offer) => ({
    offer,
    target: targets.find((one) => isSame(one, offer)),
  }))
  const matched = new Set(offered.map(({ target }) => target))
  return [
    ...offered.map(({ offer, target }): ComparedTarget => {
      const version = target?.version ?? offer.version ?? offer.productKey
      if (!target) return { agreement: 'deviceOnly', version, offered: offer }
      const build = buildOf(offer)
      const other =
        build !== undefined && target.builds.length > 0 && !target.builds.includes(build)
      return { agreement: other ? 'otherBuild' : 'both', version, target, offered: offer }
    }),
    ...targets
      .filter((target) => !matched.has(target))
      .map((target) => ({ agreement: 'catalogueOnly' as const, version: target.version, target })),
  ].toSorted((a, b) => newestFirst(a.version, b.version))
}

/** By version where the offer has one that can be read, else by build. */
function isSame(target: Target, offer: OfferedUpdate): boolean {
  const same = offer.version === undefined ? undefined : sameVersion(offer.version, target.version)
  const build = buildOf(offer)
  return same ?? (build !== undefined && target.builds.includes(build))
}

const buildOf = ({ build, productKey }: OfferedUpdate): string | undefined =>
  build !== undefined && isBuild(build) ? build : buildOfProductKey(productKey)
