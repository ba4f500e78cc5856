/** The parts of a dotted version; what is not written is 0. */
export type OsVersion = readonly number[]

const dotted = /^\d{1,4}(\.\d{1,4}){0,3}$/

/**
 * Reads "11.4.1"; undefined for everything else. Devices have sent a build or a blank where a version
 * belongs, and those must never be ordered (https://github.com/micromdm/website/blob/c52bec22/content/blog/os_update.md).
 */
export function parseVersion(text: string): OsVersion | undefined {
  return dotted.test(text) ? text.split('.').map(Number) : undefined
}

/** Below 0, 0 or above 0, by number and not by text: 11.4 comes before 11.10, and 11.4 is 11.4.0. */
export function compareVersions(a: OsVersion, b: OsVersion): number {
  for (let part = 0; part < Math.max(a.length, b.length); part++) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether two texts are the same version; undefined when one of them is none. */
export function sameVersion(a: string, b: string): boolean | undefined {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  return left && right ? compareVersions(left, right) === 0 : undefined
}

/** For bounds written in code; throws on what is no version, which there is a bug. */
export function version(text: string): OsVersion {
  const parsed = parseVersion(text)
  if (!parsed) throw new Error(`"${text}" is not a dotted version`)
  return parsed
}

export const atLeast = (seen: OsVersion, bound: string): boolean =>
  compareVersions(seen, version(bound)) >= 0

export const below = (seen: OsVersion, bound: string): boolean => !atLeast(seen, bound)

/** Builds have no order (twins 6000 apart, several per version), so they are only ever the same or not. */
export const sameBuild = (a: string, b: string): boolean => a === b
