/**
 * The one form of a build: train, capital letter, number, and the small letter of a supplemental one, such
 * as 15G77, 14E8300, 20A242a or 23D771330a. Apple shows it in the example of TargetBuildVersion:
 * https://github.com/apple/device-management/blob/b6202ca/declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml
 */
export const buildPattern = String.raw`\d{1,2}[A-Z]\d{1,7}[a-z]?`

/** Said wherever a build is refused. */
export const acceptedBuild = 'a build such as 15G77 or 23D771330a'

const build = new RegExp(`^${buildPattern}$`)

export const isBuild = (text: string): boolean => build.test(text)

/** Builds have no order (twins 6000 apart, several per version), so they are only ever the same or not. */
export const sameBuild = (a: string, b: string): boolean => a === b
