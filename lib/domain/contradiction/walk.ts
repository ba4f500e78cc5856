import { describeLife, standingAt } from '../documentation/documentation'
import type { DocumentedKey } from '../documentation/documented-key'
import type { PlistValue } from '../documentation/plist-value'
import { type PathFinding, wholeReply } from './finding'
import { disputesOf, judgeValue, type Place } from './judge-value'

/** The state of one comparison. */
export type Walk = Place & {
  keys: ReadonlyMap<string, DocumentedKey>
  /** The documented keys of each dict and array. */
  children: ReadonlyMap<string, readonly DocumentedKey[]>
  /** The keys named in the request; a missing one of them is no contradiction. */
  asked: readonly string[]
  findings: PathFinding[]
  /** Every path that was compared: the denominators of later counts. */
  judged: Set<string>
}

export function startWalk(
  place: Place,
  keys: readonly DocumentedKey[],
  asked: readonly string[],
): Walk {
  return {
    ...place,
    asked,
    keys: new Map(keys.map((key) => [key.path, key])),
    children: Map.groupBy(keys, ({ path }) => parentOf(path)),
    findings: [],
    judged: new Set(),
  }
}

/** Compares every key of a dict, and finds documented keys that are missing. */
export function walkDict(
  walk: Walk,
  at: string,
  dict: Extract<PlistValue, { type: 'dict' }>,
): void {
  walk.judged.add(at)
  for (const [name, value] of dict.entries) walkValue(walk, keyPath(at, name), at, value)
  for (const key of walk.children.get(at) ?? []) {
    const name = key.path.slice(key.path.lastIndexOf('.') + 1)
    if (!dict.entries.has(name)) judgeMissing(walk, key, at)
  }
}

function walkValue(walk: Walk, path: string, parent: string, value: PlistValue): void {
  const key = walk.keys.get(path)
  if (!key) {
    const expected = 'a documented key'
    const reason = 'Apple documents no such key'
    const none = { cites: [], reported: [], outOf: parent }
    walk.findings.push({
      path,
      kind: 'notDocumented',
      observed: value.type,
      expected,
      reason,
      ...none,
    })
    return
  }
  const life = key.lives[walk.family]
  if (standingAt(life, walk.os) !== 'documented') {
    const { cites, reported } = key
    const expected = describeLife(life)
    const reason = `the reply has the key, which is ${expected}`
    const kind = 'outsideDocumentedVersions' as const
    walk.findings.push({
      path,
      kind,
      observed: 'present',
      expected,
      reason,
      cites,
      reported,
      outOf: parent,
    })
    return
  }
  walk.judged.add(path)
  for (const found of judgeValue(key, value, walk))
    walk.findings.push({ ...found, path, outOf: path })
  if (key.type === value.type) descend(walk, path, value)
}

/** Continues inside a value if its content is documented. */
function descend(walk: Walk, path: string, value: PlistValue): void {
  if (!walk.children.has(path)) return
  if (value.type === 'dict') walkDict(walk, path, value)
  if (value.type === 'array')
    for (const item of value.items) walkValue(walk, itemPath(path), path, item)
}

function judgeMissing(walk: Walk, key: DocumentedKey, parent: string): void {
  const { path, presence, cites, reported } = key
  if (standingAt(key.lives[walk.family], walk.os) !== 'documented') return
  const about = { path, observed: 'missing', expected: key.type, cites, reported, outOf: path }
  if (presence === 'whenAsked' && walk.asked.some((query) => path.endsWith(`.${query}`))) {
    const reason = 'queried and left out: a device omits what it cannot answer or has no right to'
    walk.findings.push({ ...about, kind: 'conforms', reason })
  }
  for (const found of disputesOf(key, walk, ({ when }) =>
    when === 'missing' ? 'missing' : undefined,
  ))
    walk.findings.push({ ...found, path, outOf: parent })
  if (presence !== 'required') return
  walk.judged.add(path)
  const reason = `the reply has no ${path}, which is documented as required`
  walk.findings.push({ ...about, kind: 'requiredMissing', reason })
}

/** Longer key names are cut, because a device can send any length. */
const maxNameLength = 80

/**
 * The path of a key in a dict. A name with anything but letters, digits, `_` and `-` is quoted, so that a device cannot
 * send a name that looks like another path.
 */
function keyPath(parent: string, key: string): string {
  const name = /^[\w-]{1,80}$/.test(key) ? key : JSON.stringify(key.slice(0, maxNameLength))
  return parent === wholeReply ? name : `${parent}.${name}`
}

/** All items of an array have the same path, because the documentation does not distinguish them. */
const itemPath = (parent: string): string => `${parent}[]`

/** The path of the dict or array that contains this key or item. */
export function parentOf(path: string): string {
  if (path.endsWith('[]')) return path.slice(0, -2)
  const dot = path.lastIndexOf('.')
  return dot === -1 ? wholeReply : path.slice(0, dot)
}
