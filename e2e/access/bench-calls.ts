import { randomUUID } from 'node:crypto'
import { observe } from '@/lib/core/record/observe'
import { recordDeviation } from '@/lib/core/record/record-deviation'
import { tickStep } from '@/lib/core/record/tick-step'
import { now } from '@/lib/core/testing/people'
import type { Call } from './calls'

/** One call of each service that writes down what happens at the bench. */
export const benchCalls: Record<string, Call> = {
  'observe.observe': (db, actor, { trialId }) =>
    observe(
      db,
      actor,
      { trialId, kind: 'nothing', text: 'x', observedAt: now, nonce: randomUUID() },
      now,
    ),
  'record-deviation.recordDeviation': (db, actor, { trialId }) =>
    recordDeviation(
      db,
      actor,
      {
        ...{ trialId, what: 'The cable was pulled', why: 'It was in the way' },
        ...{ effect: 'none' as const, nonce: randomUUID() },
      },
      now,
    ),
  'tick-step.tickStep': (db, actor, { trialId }) =>
    tickStep(
      db,
      actor,
      { trialId, step: 1, done: true, at: now, note: '', nonce: randomUUID() },
      now,
    ),
}
