import { cpuMs } from '@/lib/cpu-time.testing'
import { readPlist } from '@/lib/mdm/plist/plist'
import type { PlistReading, PlistValue } from '@/lib/mdm/plist/value'
import type { HostileCase } from './hostile-case'
import type { OracleAnswer } from './oracle'
import { firstDifference, typed } from './typed'

/** `ms` is time of the processor: what else runs on the machine does not count. */
export type Watched = { reading: PlistReading | { threw: string }; ms: number; logged: string[] }

const logMethods = ['log', 'info', 'warn', 'error', 'debug'] as const

/** Reads a plist; records an exception and console output, neither of which may happen. */
export function readWatched(bytes: Uint8Array): Watched {
  const logged: string[] = []
  const originals = logMethods.map((method) => [method, console[method]] as const)
  for (const method of logMethods)
    console[method] = (...words: unknown[]) => logged.push(words.join(' '))
  let reading: Watched['reading'] = { threw: 'nothing' }
  const ms = cpuMs(() => {
    try {
      reading = readPlist(bytes)
    } catch (error) {
      reading = { threw: String(error) }
    }
  })
  for (const [method, original] of originals) console[method] = original
  return { reading, ms, logged }
}

/** A longer time is a failure. The target of 100 ms is only reported. */
const maxMs = 2000

/** An exception, console output or slowness; undefined if there is none. */
export function faultOf({ reading, ms, logged }: Watched): string | undefined {
  if ('threw' in reading) return `it threw: ${reading.threw}`
  if (logged.length > 0) return `it logged: ${logged[0]}`
  if (ms > maxMs) return `it took ${Math.round(ms)} ms`
  return undefined
}

/** How a reading differs from the expected result of a hand-made plist; undefined if it does not. */
export function missedVerdict({ reading }: Watched, verdict: HostileCase['verdict']) {
  if ('threw' in reading) return undefined
  if ('unreadable' in verdict) {
    if (reading.ok) return `it was read, but ${verdict.unreadable} was expected`
    return verdict.unreadable.test(reading.reason)
      ? undefined
      : `unreadable: ${reading.reason}, but ${verdict.unreadable} was expected`
  }
  if (!reading.ok) return `unreadable: ${reading.reason}, but it should be read`
  const difference = firstDifference(typed(verdict.value), typed(reading.value))
  if (difference !== undefined) return `not as expected at ${difference}`
  const paths = reading.oddities.map(({ path }) => path)
  return JSON.stringify(paths) === JSON.stringify(verdict.oddities)
    ? undefined
    : `oddities at ${JSON.stringify(paths)}`
}

export type Verdict = 'same' | 'unreadable' | 'stricter' | { differs: string }

const hasYearZero = (value: PlistValue): boolean => {
  if (value.type === 'array') return value.items.some(hasYearZero)
  if (value.type === 'dict') return [...value.entries.values()].some(hasYearZero)
  return value.type === 'date' && value.value.getUTCFullYear() < 1
}

/**
 * Compares our reading with plistlib's. Unreadable is always accepted, because nothing is guessed ("stricter" if
 * plistlib reads it). A value must equal plistlib's; plistlib's `nan` and `inf` are unknown values with an oddity here.
 */
export function compare(reading: PlistReading, theirs: OracleAnswer): Verdict {
  if (!reading.ok) return 'refused' in theirs ? 'unreadable' : 'stricter'
  // Python's calendar begins with year 1. Foundation's distantPast is two days earlier in the Gregorian calendar.
  if ('refused' in theirs && hasYearZero(reading.value)) return 'same'
  if ('refused' in theirs) return { differs: `read here, but plistlib refuses: ${theirs.refused}` }
  const value = typed(reading.value)
  const difference = firstDifference(value, theirs.value)
  if (difference !== undefined) return { differs: difference }
  const unknown = JSON.stringify(value).split('["real","not finite"]').length - 1
  if (unknown !== reading.oddities.length)
    return { differs: `${unknown} values are unknown, but ${reading.oddities.length} are flagged` }
  return 'same'
}
