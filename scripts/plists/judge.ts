import { readPlist } from '@/lib/mdm/plist/plist'
import type { PlistReading, PlistValue } from '@/lib/mdm/plist/value'
import type { HostileCase } from './hostile-case'
import type { OracleAnswer } from './oracle'
import { firstDifference, typed } from './typed'

export type Watched = { reading: PlistReading | { threw: string }; ms: number; said: string[] }

const voices = ['log', 'info', 'warn', 'error', 'debug'] as const

/** Reads a plist and notes what must not happen: an exception, and a word on the console. */
export function readWatched(bytes: Uint8Array): Watched {
  const said: string[] = []
  const kept = voices.map((voice) => [voice, console[voice]] as const)
  for (const voice of voices) console[voice] = (...words: unknown[]) => said.push(words.join(' '))
  const started = performance.now()
  try {
    const reading = readPlist(bytes)
    return { reading, ms: performance.now() - started, said }
  } catch (error) {
    return { reading: { threw: String(error) }, ms: performance.now() - started, said }
  } finally {
    for (const [voice, own] of kept) console[voice] = own
  }
}

/** Longer than this is a failure; the aim, 100 ms, is only reported: another program may have had the processor. */
const maxMs = 2000

/** What is wrong with a reading by itself, without asking anybody else; undefined where nothing is. */
export function faultOf({ reading, ms, said }: Watched): string | undefined {
  if ('threw' in reading) return `it threw: ${reading.threw}`
  if (said.length > 0) return `the console said: ${said[0]}`
  if (ms > maxMs) return `it took ${Math.round(ms)} ms`
  return undefined
}

/** Where a reading is not what a plist made by hand must give; undefined where it is. */
export function missedVerdict({ reading }: Watched, verdict: HostileCase['verdict']) {
  if ('threw' in reading) return undefined
  if ('unreadable' in verdict) {
    if (reading.ok) return `it was read, and ${verdict.unreadable} was expected`
    return verdict.unreadable.test(reading.reason)
      ? undefined
      : `unreadable because ${reading.reason}, and ${verdict.unreadable} was expected`
  }
  if (!reading.ok) return `unreadable because ${reading.reason}, and it can be read`
  const difference = firstDifference(typed(verdict.value), typed(reading.value))
  if (difference !== undefined) return `not as expected at ${difference}`
  const paths = reading.oddities.map(({ path }) => path)
  return JSON.stringify(paths) === JSON.stringify(verdict.oddities)
    ? undefined
    : `oddities at ${JSON.stringify(paths)}`
}

export type Verdict = 'same' | 'unreadable' | 'stricter' | { differs: string }

const holdsYearZero = (value: PlistValue): boolean => {
  if (value.type === 'array') return value.items.some(holdsYearZero)
  if (value.type === 'dict') return [...value.entries.values()].some(holdsYearZero)
  return value.type === 'date' && value.value.getUTCFullYear() < 1
}

/**
 * Our reading against plistlib's. Unreadable is always right: the record says so and nothing is
 * guessed ("stricter" where plistlib read it). A value must be plistlib's. A real that is not finite is
 * `unknown` here with an oddity, and the same in plistlib's `nan` or `inf`.
 */
export function compare(reading: PlistReading, theirs: OracleAnswer): Verdict {
  if (!reading.ok) return 'refused' in theirs ? 'unreadable' : 'stricter'
  // Python's calendar begins with the year 1, Foundation's distant past is two days earlier in ours.
  if ('refused' in theirs && holdsYearZero(reading.value)) return 'same'
  if ('refused' in theirs) return { differs: `read here, but plistlib refuses: ${theirs.refused}` }
  const value = typed(reading.value)
  const difference = firstDifference(value, theirs.value)
  if (difference !== undefined) return { differs: difference }
  const unknown = JSON.stringify(value).split('["real","not finite"]').length - 1
  if (unknown !== reading.oddities.length)
    return { differs: `${unknown} values are unknown, and ${reading.oddities.length} are flagged` }
  return 'same'
}
