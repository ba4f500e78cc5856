import { type FeedKind, feedInfo, type Listing, type Release, type Signing } from './feed'

/** Where a fact comes from, and the day on which the source was read; the shipped table has the day it was made. */
export type Source = { kind: FeedKind | 'shipped'; readOn: string }

export type Sourced<Fact> = Fact & { source: Source }

/** The facts of the newest good copy of every feed, and of the shipped table. */
export type Catalogue = {
  listings: readonly Sourced<Listing>[]
  signings: readonly Sourced<Signing>[]
  releases: readonly Sourced<Release>[]
  /** Names of devices, by model identifier. */
  names: ReadonlyMap<string, string>
  /** The day of the copy of Apple's list; undefined where there is none, so that nothing is known of what is listed. */
  listReadOn?: string
}

/** "Apple PMV, read 2026-08-22". */
export const sourceInWords = ({ kind, readOn }: Source): string =>
  kind === 'shipped'
    ? `shipped with Oneway, as of ${readOn}`
    : `${feedInfo[kind].label}, read ${readOn}`
