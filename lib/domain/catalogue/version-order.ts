import { compareVersions, parseVersion } from '../device/os-version'

/** The newest version first; what is no dotted version has no order among the others and comes last, by its text. */
export function newestFirst(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  if (left && right) return compareVersions(right, left)
  if (left || right) return left ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
