import { joinVersion } from '../device/os-version'
import type { Listing } from './feed'

/** Twins lie 6000, 8000 or 9000 apart: 23G83 and 23G6083, 23D8133 and 23D9133. */
const twinThousands = [6, 8, 9]

/** The number that twins share; "23G83" for both 23G83 and 23G6083. It makes nobody a twin by itself. */
function twinBase(build: string): string | undefined {
  const [, train, digits, letter = ''] = /^(\d{1,2}[A-Z])(\d{1,4})([a-z]?)$/.exec(build) ?? []
  if (train === undefined) return undefined
  const number = Number(digits)
  const base = twinThousands.includes(Math.floor(number / 1000)) ? number % 1000 : number
  return `${train}${base}${letter}`
}

const textOf = (date: { text: string } | undefined) => date?.text ?? ''

/**
 * Finds builds that Apple publishes as twins: of one version, with numbers that lie so apart, and listed in each set
 * that has both for the same devices with the same dates. 22D72 and 22D8075 are both 18.3.1 and no twins, as their
 * devices differ. @returns for each build that has twins, all builds of its release, the lowest first
 */
export function findTwins(listings: readonly Listing[]): ReadonlyMap<string, readonly string[]> {
  const standing = new Map<string, Map<string, Set<string>>>()
  for (const { set, family, version, extra, build, devices, posted, until } of listings) {
    const base = build === undefined ? undefined : twinBase(build)
    // Where the devices are not known, nothing can be joined over them.
    if (build === undefined || base === undefined || devices.length === 0) continue
    const builds = entry(standing, `${family} ${joinVersion(version, extra)} ${base}`, newMap)
    entry(builds, build, newSet).add(`${set} ${devices.join()} ${textOf(posted)} ${textOf(until)}`)
  }
  const twins = [...standing.values()].flatMap((builds) => {
    const alike = [...builds.keys()].filter((one) =>
      [...builds.keys()].some((other) => other !== one && areAlike(builds, one, other)),
    )
    const sorted = alike.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))
    return sorted.map((build) => [build, sorted] as const)
  })
  return new Map(twins)
}

const newMap = () => new Map<string, Set<string>>()
const newSet = () => new Set<string>()

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}

/** Whether the two stand alike in every set that has both, and in one at least. */
function areAlike(builds: Map<string, Set<string>>, one: string, other: string): boolean {
  const [a, b] = [bySet(builds.get(one)), bySet(builds.get(other))]
  const shared = [...a.keys()].filter((set) => b.has(set))
  return shared.length > 0 && shared.every((set) => a.get(set) === b.get(set))
}

function bySet(entries: ReadonlySet<string> = new Set()): Map<string, string> {
  const groups = Map.groupBy(entries, (text) => text.split(' ')[0] ?? '')
  return new Map([...groups].map(([set, texts]) => [set, texts.toSorted().join('\n')]))
}
