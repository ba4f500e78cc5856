import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FeedFacts, FeedProblem } from './feed'
import { readFeed } from './read-feed'

// Samples in the published shapes, with few entries; versions, builds and dates are real, addresses are not.
export const samples = [
  'apple-pmv.json',
  'sofa-v2-ios.json',
  'ipswme-device.json',
  'ipswme-devices.json',
  'appledb-ios-list.json',
  'appledb-device.json',
] as const
export type Sample = (typeof samples)[number]

export const sampleText = (name: Sample): string =>
  readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8')

/** A sample with one value of it changed; undefined takes the key away. */
export const changed = (name: Sample, path: readonly (string | number)[], to: unknown): unknown =>
  change(JSON.parse(sampleText(name)), path, to)

function change(value: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const [head, ...rest] = path
  if (head === undefined) return to
  if (Array.isArray(value))
    return value.map((one, at) => (at === head ? change(one, rest, to) : one))
  const fields: Record<string, unknown> = { ...Object(value) }
  return { ...fields, [head]: change(fields[head], rest, to) }
}

/** @throws Error with the problems, where a feed is refused */
export function factsOf(feed: unknown): FeedFacts {
  const read = readFeed(typeof feed === 'string' ? feed : JSON.stringify(feed))
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.facts
}

/** @throws Error where a feed is read */
export function problemsOf(feed: unknown): readonly FeedProblem[] {
  const read = readFeed(typeof feed === 'string' ? feed : JSON.stringify(feed))
  if ('facts' in read) throw new Error(`read as ${read.facts.kind}`)
  return read.problems
}
