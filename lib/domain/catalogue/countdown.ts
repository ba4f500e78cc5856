import { joinVersion } from '../device/os-version'
import type { Listing, ListingSet } from './feed'
import { daysBetween, daysOf, type FeedDate } from './feed-date'
import type { Source, Sourced } from './sourced'
import { findTwins } from './twins'
import { newestFirst } from './version-order'

/**
 * `listed` until a day that has not passed or without an end, `ended` on a day that has, `unclear` where the date is
 * too coarse to tell. It says what the copy says: Apple renews and shortens listings.
 */
export const standings = ['listed', 'ended', 'unclear'] as const
export type Standing = (typeof standings)[number]

/** An end holds through its day: an update is gone only when the date lies in the past. @param today YYYY-MM-DD in UTC */
export function standingOf(until: FeedDate | undefined, today: string): Standing {
  if (!until) return 'listed'
  const { first, last } = daysOf(until)
  if (last < today) return 'ended'
  return first >= today ? 'listed' : 'unclear'
}

/** Days until the end of a listing, negative after it; undefined where no day is given. */
export function daysLeft(until: FeedDate | undefined, today: string): number | undefined {
  if (!until) return undefined
  const { first, last } = daysOf(until)
  return first === last ? daysBetween(today, first) : undefined
}

export const deviceClasses = [
  ...(['iPhone', 'iPad', 'iPod', 'Apple TV', 'Apple Watch', 'HomePod', 'Vision Pro'] as const),
  ...(['Mac', 'other'] as const),
]
export type DeviceClass = (typeof deviceClasses)[number]

const classForms: readonly (readonly [RegExp, DeviceClass])[] = [
  [/^iPhone\d/, 'iPhone'],
  [/^iPad\d/, 'iPad'],
  [/^iPod\d/, 'iPod'],
  [/^AppleTV\d/, 'Apple TV'],
  [/^Watch\d/, 'Apple Watch'],
  [/^AudioAccessory\d/, 'HomePod'],
  [/^RealityDevice\d/, 'Vision Pro'],
  [/^(?:Mac|iMac|VirtualMac|J\d)/, 'Mac'],
]

export const classOf = (device: string): DeviceClass =>
  classForms.find(([form]) => form.test(device))?.[1] ?? 'other'

/** A target, the devices it is listed for until one day, and how the sets list it. */
export type Countdown = {
  family: string
  /** With its supplement, "26.3.1 (a)". */
  version: string
  /** Its build and the twins of it; empty where the list gives none. */
  builds: readonly string[]
  devices: readonly string[]
  until?: FeedDate
  standing: Standing
  daysLeft?: number
  /** The sets that list it so, and the day of posting in each, which is no release day. */
  posted: readonly { set: ListingSet; posted?: FeedDate }[]
  prerequisite?: string
  source: Source
}

/**
 * Every target of Apple's list with the devices that share its end, the newest version first. One version has
 * several where groups of devices have different ends. @param today YYYY-MM-DD in UTC
 */
export function countdowns(
  listings: readonly Sourced<Listing>[],
  today: string,
): readonly Countdown[] {
  const twins = findTwins(listings)
  const buildsOf = (build: string | undefined) =>
    build === undefined ? [] : (twins.get(build) ?? [build])
  const groups = Map.groupBy(listings, (one) =>
    JSON.stringify([
      ...[one.family, joinVersion(one.version, one.extra), buildsOf(one.build)[0] ?? ''],
      ...[one.until?.text ?? '', one.set === 'background', one.devices],
    ]),
  )
  const rows = [...groups.values()].flatMap((group): Countdown[] => {
    const [first] = group
    if (!first) return []
    const left = daysLeft(first.until, today)
    return [
      {
        ...{ family: first.family, version: joinVersion(first.version, first.extra) },
        ...{ builds: buildsOf(first.build), devices: first.devices },
        ...(first.until && { until: first.until }),
        standing: standingOf(first.until, today),
        ...(left !== undefined && { daysLeft: left }),
        posted: postedIn(group),
        ...(first.prerequisite !== undefined && { prerequisite: first.prerequisite }),
        source: first.source,
      },
    ]
  })
  return rows.toSorted(
    (a, b) =>
      a.family.localeCompare(b.family) ||
      newestFirst(a.version, b.version) ||
      (b.until?.text ?? '').localeCompare(a.until?.text ?? ''),
  )
}

function postedIn(group: readonly Listing[]): Countdown['posted'] {
  const bySet = new Map(
    group.map(({ set, posted }) => [`${set} ${posted?.text ?? ''}`, { set, posted }]),
  )
  return [...bySet.values()].map(({ set, posted }) => (posted ? { set, posted } : { set }))
}
