import { readPlist } from '@/lib/mdm/plist'
import type { PlistReading } from '@/lib/mdm/plist-value'
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
export const mostMs = 2000

/** What is wrong with a reading by itself, without asking anybody else; undefined where nothing is. */
export function faultOf({ reading, ms, said }: Watched): string | undefined {
  if ('threw' in reading) return `it threw: ${reading.threw}`
  if (said.length > 0) return `the console said: ${said[0]}`
  if (ms > mostMs) return `it took ${Math.round(ms)} ms`
  return undefined
}

export type Verdict = 'same' | 'unreadable' | 'stricter' | { differs: string }

/**
 * Our reading against plistlib's. Unreadable is always right: the record says so and nothing is
 * guessed ("stricter" where plistlib read it). A value must be plistlib's. A real that is not finite is
 * `unknown` here with an oddity, and the same in plistlib's `nan` or `inf`.
 */
export function compare(reading: PlistReading, theirs: OracleAnswer): Verdict {
  if (!reading.ok) return 'refused' in theirs ? 'unreadable' : 'stricter'
  if ('refused' in theirs) return { differs: `read here, but plistlib refuses: ${theirs.refused}` }
  const value = typed(reading.value)
  const difference = firstDifference(value, theirs.value)
  if (difference !== undefined) return { differs: difference }
  const unknown = JSON.stringify(value).split('["real","not finite"]').length - 1
  if (unknown !== reading.oddities.length)
    return { differs: `${unknown} values are unknown, and ${reading.oddities.length} are flagged` }
  return 'same'
}
