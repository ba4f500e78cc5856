// Types of installed.mjs, which must stay plain JavaScript.
export type LockedPackage = {
  version?: string
  integrity?: string
  dev?: boolean
  optional?: boolean
  devOptional?: boolean
  peer?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}
export type LockedPackages = Record<string, LockedPackage>

export function isComplete(
  wanted: LockedPackages,
  present: LockedPackages,
  withDev: boolean,
): boolean

export function leavesOutDev(present: LockedPackages): boolean
