import { fc } from '@/lib/property.testing'
import type { TimedTrial } from './kaplan-meier'

/** "12 20+" is an event at 12, and a trial watched until 20 without one. */
export const timed = (text: string): TimedTrial[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((part) => ({ time: Number.parseFloat(part), happened: !part.endsWith('+') }))

/** Trials over few times, so that many of them tie. */
export const timedTrials = (minLength: number) =>
  fc.array(fc.record({ time: fc.integer({ min: 0, max: 12 }), happened: fc.boolean() }), {
    minLength,
    maxLength: 30,
  })
