import { compareVersions, parseVersion } from '../device/os-version'
import type { Family } from '../documentation/documented-key'

/** On one OS version: of `checked` devices whose replies were looked at for this, `seen` show it. */
export type VersionCount = { family: Family; osVersion: string; seen: number; checked: number }

/** By version, the older first; iPhone and iPad before Apple TV. */
function byVersion(counts: readonly VersionCount[]): VersionCount[] {
  return counts.toSorted((a, b) => {
    if (a.family !== b.family) return a.family === 'iOS' ? -1 : 1
    const [left, right] = [parseVersion(a.osVersion), parseVersion(b.osVersion)]
    return left && right ? compareVersions(left, right) : 0
  })
}

/** "3 of 3 on 11.3, 0 of 2 on 12": counts and never a share, as a handful of devices has none. */
export function tallyInWords(counts: readonly VersionCount[]): string {
  return byVersion(counts)
    .map(({ family, osVersion, seen, checked }) => {
      const os = family === 'tvOS' ? `tvOS ${osVersion}` : osVersion
      return `${seen} of ${checked} on ${os}`
    })
    .join(', ')
}
