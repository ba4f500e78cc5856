import { joinVersion } from '../device/os-version'
import { standingOf } from './countdown'
import { daysOf, type FeedDate } from './feed-date'
import type { Catalogue } from './sourced'
import { newestFirst } from './version-order'

/**
 * `gone`: no longer listed for management, or its end has passed. `new`: listed, and not before. `unsigned`: its
 * restore image is no longer signed, so there is no way back to it.
 */
const changeKinds = ['gone', 'unsigned', 'sooner', 'later', 'new'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** What the newest copies say otherwise than those before them, for the models that share it. */
export type CatalogueChange = {
  kind: ChangeKind
  family: string
  version: string
  models: string[]
  /** The end of the listing before and now; undefined where there is none. */
  before?: FeedDate
  until?: FeedDate
}

type Facts = Pick<Catalogue, 'listings' | 'signings' | 'listReadOn'>
type Listed = { family: string; version: string; model: string; until: FeedDate | undefined }

/**
 * Compares the newest copies with those before them, for the given models. Where there was no copy of the list
 * before, nothing of it changed. A listing that had ended in the copy before is no change. `today` is YYYY-MM-DD.
 */
export function catalogueChanges(
  before: Facts,
  after: Facts,
  models: ReadonlySet<string>,
  today: string,
): CatalogueChange[] {
  const changes = [
    ...(before.listReadOn !== undefined && after.listReadOn !== undefined
      ? listChanges(listedFor(before, models, before.listReadOn), listedFor(after, models, today))
      : []),
    ...signChanges(before, after, models),
  ]
  const groups = Map.groupBy(changes, ({ model: _, ...rest }) => JSON.stringify(rest))
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group
      if (!first) return []
      const { model: _, ...change } = first
      return [{ ...change, models: [...new Set(group.map(({ model }) => model))].toSorted() }]
    })
    .toSorted(
      (a, b) =>
        changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind) ||
        newestFirst(a.version, b.version),
    )
}

type OneChange = Omit<CatalogueChange, 'models'> & { model: string }

/** Each target of each model that has not ended, with its last end; one without an end outlasts the others. */
function listedFor({ listings }: Facts, models: ReadonlySet<string>, on: string) {
  const listed = new Map<string, Listed>()
  for (const { set, family, version: number, extra, devices, until } of listings) {
    if (set !== 'managed' || standingOf(until, on) === 'ended') continue
    const version = joinVersion(number, extra)
    for (const model of devices.filter((one) => models.has(one))) {
      const key = JSON.stringify([family, version, model])
      const known = listed.get(key)
      const last = known && (!known.until || (until && endOf(known.until) >= endOf(until)))
      if (!last) listed.set(key, { family, version, model, until })
    }
  }
  return listed
}

const endOf = (date: FeedDate): string => daysOf(date).last

function listChanges(
  before: ReadonlyMap<string, Listed>,
  after: ReadonlyMap<string, Listed>,
): OneChange[] {
  const gone = [...before].flatMap(([key, { until, ...about }]): OneChange[] => {
    const now = after.get(key)
    if (!now) return [{ kind: 'gone', ...about, ...(until && { before: until }) }]
    if (now.until?.text === until?.text) return []
    const ends = { ...(until && { before: until }), ...(now.until && { until: now.until }) }
    const sooner = now.until && (!until || endOf(now.until) < endOf(until))
    return [{ kind: sooner ? 'sooner' : 'later', ...about, ...ends }]
  })
  const added = [...after].flatMap(([key, { until, ...about }]): OneChange[] =>
    before.has(key) ? [] : [{ kind: 'new', ...about, ...(until && { until }) }],
  )
  return [...gone, ...added]
}

/** Restore images that were signed for a model, and are not any more by the same source. */
function signChanges(before: Facts, after: Facts, models: ReadonlySet<string>): OneChange[] {
  const keyOf = (kind: string, build: string, model: string) => `${kind} ${build} ${model}`
  const signed = new Set(
    before.signings
      .filter((one) => one.signed)
      .flatMap(({ source, build, devices }) =>
        devices
          .filter((model) => models.has(model))
          .map((model) => keyOf(source.kind, build, model)),
      ),
  )
  return after.signings
    .filter((one) => !one.signed)
    .flatMap(({ source, family, version, extra, build, devices }) =>
      devices
        .filter((model) => signed.has(keyOf(source.kind, build, model)))
        .map(
          (model): OneChange => ({
            ...{ kind: 'unsigned', family, version: joinVersion(version, extra), model },
          }),
        ),
    )
}
