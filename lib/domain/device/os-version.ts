/** The parts of a dotted version; missing parts are 0. The fifth is the letter of a supplement, 1 for "(a)". */
export type OsVersion = readonly number[]

const part = String.raw`(?:0|[1-9]\d{0,3})`

/** A dotted version as Apple writes it, without leading zeros: "12.01" is not a version. */
export const versionPattern = String.raw`${part}(?:\.${part}){0,3}`

/** The accepted form, shown wherever a version is refused. */
export const acceptedVersion =
  'a version as Settings shows it, such as 12.1 or 26.3.1 (a), without leading zeros'

const form = new RegExp(String.raw`^(${versionPattern})(?: ?(\([a-z]\)))?$`)

/** Splits "26.3.1 (a)" into "26.3.1" and "(a)"; undefined if the text is not a version. */
export function splitVersion(text: string): { version: string; extra?: string } | undefined {
  const [, version, extra] = form.exec(text) ?? []
  return version === undefined ? undefined : { version, ...(extra !== undefined && { extra }) }
}

/** "26.3.1 (a)", as Settings shows a version with its supplement. */
export const joinVersion = (version: string, extra: string | undefined): string =>
  extra === undefined || extra === '' ? version : `${version} ${extra}`

/** The version as text; the inverse of `parseVersion`. */
export function formatVersion([...parts]: OsVersion): string {
  const [letter] = parts.splice(longest)
  if (letter !== undefined) while (parts.length > 2 && parts.at(-1) === 0) parts.pop()
  return joinVersion(parts.join('.'), letter === undefined ? undefined : letterOf(letter))
}

const longest = 4
const letterOf = (position: number): string =>
  position === 0 ? '' : `(${String.fromCharCode('a'.charCodeAt(0) + position - 1)})`

/**
 * Parses "11.4.1" and "26.3.1 (a)", which comes after 26.3.1 and before 26.3.2; undefined for everything else. Devices
 * have sent a build or a blank instead of a version, which must never be compared
 * (https://github.com/micromdm/website/blob/c52bec22/content/blog/os_update.md).
 */
export function parseVersion(text: string): OsVersion | undefined {
  const split = splitVersion(text)
  if (!split) return undefined
  const parts = split.version.split('.').map(Number)
  if (split.extra === undefined) return parts
  const letter = split.extra.charCodeAt(1) - 'a'.charCodeAt(0) + 1
  return [...parts, ...Array<number>(longest - parts.length).fill(0), letter]
}

/** Negative, 0 or positive, compared as numbers: 11.4 comes before 11.10, and 11.4 equals 11.4.0. */
export function compareVersions(a: OsVersion, b: OsVersion): number {
  for (let part = 0; part < Math.max(a.length, b.length); part++) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether two texts are the same version; undefined if one of them is not a version. */
export function sameVersion(a: string, b: string): boolean | undefined {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  return left && right ? compareVersions(left, right) === 0 : undefined
}

/** For bounds in code. @throws if the text is not a version, which is a bug */
export function version(text: string): OsVersion {
  const parsed = parseVersion(text)
  if (!parsed) throw new Error(`"${text}" is not a dotted version`)
  return parsed
}

export const atLeast = (seen: OsVersion, bound: string): boolean =>
  compareVersions(seen, version(bound)) >= 0

export const below = (seen: OsVersion, bound: string): boolean => !atLeast(seen, bound)

/**
 * The form of a build: train, capital letter, number, and for a supplemental build a small letter, such as 15G77,
 * 14E8300, 20A242a or 23D771330a. Apple shows it in the example of TargetBuildVersion:
 * https://github.com/apple/device-management/blob/b6202ca/declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml
 */
export const buildPattern = String.raw`\d{1,2}[A-Z]\d{1,7}[a-z]?`

/** The accepted form, shown wherever a build is refused. */
export const acceptedBuild = 'a build such as 15G77 or 23D771330a'

const build = new RegExp(`^${buildPattern}$`)

export const isBuild = (text: string): boolean => build.test(text)

/** Builds have no order (twins 6000 apart, several for one version), so they are only compared for equality. */
export const sameBuild = (a: string, b: string): boolean => a === b
