import { wholeReply } from './finding'

/** Longer key names are cut: they come from the device. */
const longestName = 80

/**
 * The path of a key in a dict. A name with any other sign than a letter, a digit, `_` or `-` is quoted,
 * so that a device cannot spell the path of another key.
 */
export function keyPath(parent: string, key: string): string {
  const name = /^[\w-]{1,80}$/.test(key) ? key : JSON.stringify(key.slice(0, longestName))
  return parent === wholeReply ? name : `${parent}.${name}`
}

/** All items of an array share one path: which of them it was is no matter of the documentation. */
export const itemPath = (parent: string): string => `${parent}[]`

/** The path a key or an item stands in. */
export function parentOf(path: string): string {
  if (path.endsWith('[]')) return path.slice(0, -2)
  const dot = path.lastIndexOf('.')
  return dot === -1 ? wholeReply : path.slice(0, dot)
}
