import { joinVersion } from '../device/os-version'
import type { Listing, Release, ReleaseMark } from './feed'
import type { FeedDate } from './feed-date'
import { type Catalogue, type Source, type Sourced, sourceInWords } from './sourced'
import { newestFirst } from './version-order'

export type ReleasedOn = {
  /** Undefined where its source gives none. */
  date?: FeedDate
  source: Source
  /** The builds that this date is about; empty where the source gives a version alone. */
  builds: readonly string[]
}

/** Whether restore images are signed, by one source on one day: how many devices of each answer. */
export type SignedFor = {
  build: string
  signed: readonly string[]
  not: readonly string[]
  source: Source
}

/** A version of one system, with what each source says of it side by side. */
export type CatalogueVersion = {
  family: string
  version: string
  builds: readonly string[]
  marks: readonly ReleaseMark[]
  released: readonly ReleasedOn[]
  signings: readonly SignedFor[]
}

/**
 * The versions that any source knows, the newest first. Sources are never merged into one date: each stands with its
 * name and the day it was read. `model` leaves only what names that device, or names no device at all.
 */
export function listVersions(
  catalogue: Catalogue,
  family: string,
  model?: string,
): CatalogueVersion[] {
  const names = ({ devices }: { devices: readonly string[] }) =>
    model === undefined || devices.includes(model)
  const releases = catalogue.releases.filter(
    (one) => one.family === family && (one.devices.length === 0 || names(one)),
  )
  const signings = catalogue.signings.filter((one) => one.family === family && names(one))
  const listings = catalogue.listings.filter((one) => one.family === family && names(one))
  const versionOf = (one: { version: string; extra?: string }) =>
    joinVersion(one.version, one.extra)
  const [known, signed, listed] = [
    Map.groupBy(releases, versionOf),
    Map.groupBy(signings, versionOf),
    Map.groupBy(listings, versionOf),
  ]
  const versions = [...new Set([...known.keys(), ...signed.keys(), ...listed.keys()])]
  return versions.toSorted(newestFirst).map((version) => {
    const own = known.get(version) ?? []
    const released = releasedOf(own, catalogue.listings)
    const builds = [
      ...released.flatMap((one) => one.builds),
      ...(listed.get(version) ?? []).flatMap(({ build }) => build ?? []),
    ]
    return {
      ...{ family, version, builds: [...new Set(builds)].toSorted(byLength), released },
      marks: [...new Set(own.flatMap(({ marks }) => marks))],
      signings: signedOf(signed.get(version) ?? [], model),
    }
  })
}

const byLength = (a: string, b: string) => a.length - b.length || (a < b ? -1 : 1)

/** Equal dates of one source stand once, with all builds they are about. */
function releasedOf(
  releases: readonly Sourced<Release>[],
  listings: readonly Listing[],
): ReleasedOn[] {
  const groups = Map.groupBy(releases, ({ released, source }) =>
    [released?.text ?? '', sourceInWords(source)].join(' '),
  )
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const builds = new Set(group.flatMap((one) => one.build ?? joinedBuilds(one, listings)))
    const date = first.released
    return [{ ...(date && { date }), source: first.source, builds: [...builds].toSorted(byLength) }]
  })
}

/**
 * The builds of a release whose source joins builds by version number alone (SOFA): those that Apple's list has for
 * this system and version on a device of the release. Without devices, or without the list, none is known.
 */
function joinedBuilds(release: Release, listings: readonly Listing[]): string[] {
  const { claimedBuilds = [], devices, family, version, extra } = release
  return claimedBuilds.filter((build) =>
    listings.some(
      (one) =>
        one.build === build &&
        one.family === family &&
        joinVersion(one.version, one.extra) === joinVersion(version, extra) &&
        one.devices.some((device) => devices.includes(device)),
    ),
  )
}

/** The newest answer of each source for a build and a device; two answers of one copy that differ are no answer. */
function signedOf(signings: Catalogue['signings'], model: string | undefined): SignedFor[] {
  const groups = Map.groupBy(signings, ({ build, source }) => `${build} ${sourceInWords(source)}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const of = (wanted: boolean) =>
      new Set(group.flatMap((one) => (one.signed === wanted ? one.devices : [])))
    const [yes, no] = [of(true), of(false)]
    const one = (device: string) => model === undefined || device === model
    const signed = [...yes].filter((device) => !no.has(device) && one(device))
    const not = [...no].filter((device) => !yes.has(device) && one(device))
    return signed.length + not.length === 0
      ? []
      : [{ build: first.build, signed, not, source: first.source }]
  })
}
