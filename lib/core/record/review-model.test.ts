import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findTrialReview, listReviewEvents } from '@/lib/db/queries/trials/reviews'
import { listSignatures } from '@/lib/db/queries/trials/signatures'
import { listObservations } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { foldReview } from '@/lib/domain/review/review'
import { fc } from '@/lib/property.testing'
import { admin, engineer, later, lead } from '../testing/people'
import { observe } from './observe'
import { answerQuery, askQuery, closeQuery } from './query-trial'
import { approve, closer, lock, peer, reviewer, unlock } from './review.testing'
import { readContributions } from './review-trial'
import { concludedTrial } from './trial-trip.testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const people = [engineer, lead, peer, reviewer, closer, admin]
const actions = ['ask', 'answer', 'close', 'approve', 'lock', 'unlock', 'correct'] as const
type Action = (typeof actions)[number]
type Step = { action: Action; by: (typeof people)[number] }

const anyStep: fc.Arbitrary<Step> = fc.record({
  action: fc.constantFrom(...actions),
  by: fc.constantFrom(...people, reviewer, closer),
})

const approved: Step = { action: 'approve', by: reviewer }
const locked: Step = { action: 'lock', by: closer }
/** Where the random steps begin: they rarely reach a lock by themselves, and a run without one tests little. */
const beginnings: Record<string, Step[]> = {
  'a concluded trial': [],
  'an open query': [{ action: 'ask', by: reviewer }],
  'an approved trial': [approved],
  'a locked trial': [approved, locked],
}

async function attempt(trialId: string, { action, by }: Step, at: Date) {
  const { db } = lab
  const text = 'words that say enough'
  const queryId =
    (await listReviewEvents(db, trialId)).findLast(({ kind }) => kind === 'queried')?.id ?? 0
  switch (action) {
    case 'ask':
      return askQuery(db, by, { trialId, field: 'outcome', text }, at)
    case 'answer':
      return answerQuery(db, by, { trialId, queryId, text }, at)
    case 'close':
      return closeQuery(db, by, { trialId, queryId, text }, at)
    case 'approve':
      return approve(db, trialId, by, at)
    case 'lock':
      return lock(db, trialId, by, at)
    case 'unlock':
      return unlock(db, trialId, by, at)
    case 'correct':
      return correct(trialId, by, at)
  }
}

async function correct(trialId: string, by: Step['by'], at: Date) {
  const last = (await listObservations(lab.db, trialId)).toSorted((a, b) => a.id - b.id).at(-1)
  return observe(
    lab.db,
    by,
    {
      trialId,
      kind: 'nothing',
      text: '',
      observedAt: later(900),
      nonce: randomUUID(),
      correctsId: last?.id ?? 0,
      reason: `it was another phone, ${randomUUID()}`,
    },
    at,
  )
}

const recordOf = async (trialId: string) => {
  const [row] = await lab.sql`select
    (select count(*)::int from observations where trial_id = ${trialId}) as observations,
    (select count(*)::int from review_events where trial_id = ${trialId} and kind <> 'unlocked') as review`
  return row
}

test.each(Object.entries(beginnings))(
  'in any order of steps from %s: no author approves or locks, nothing is written while it is locked, and each lock has an approval in force before it',
  async (_, beginning) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 8, maxLength: 14 }), async (random) => {
        const { trialId } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
        const steps = [...beginning, ...random]
        for (const [index, step] of steps.entries()) {
          const [hands, was] = await Promise.all([
            readContributions(lab.db, trialId),
            findTrialReview(lab.db, trialId),
          ])
          const before = await recordOf(trialId)
          const { status } = await attempt(trialId, step, later(2000 + index * 10))
          const isAuthor = hands.some(({ byId }) => byId === step.by.id)
          const done = status !== 'refused'
          if (index < beginning.length) expect(done, `the beginning: ${step.action}`).toBe(true)
          if (done && ['approve', 'lock', 'ask', 'close'].includes(step.action))
            expect(isAuthor, `${step.by.name} did ${step.action}`).toBe(false)
          if (done && ['approve', 'lock', 'unlock'].includes(step.action))
            expect(step.by.role).toBe('lead')
          if (done && step.action === 'lock') expect(was?.state).toBe('approved')
          if (done && step.action === 'approve') expect(was?.openQueries ?? 0).toBe(0)
          if (was?.state === 'locked') expect(await recordOf(trialId)).toEqual(before)
          if (!done) expect(await recordOf(trialId)).toEqual(before)
        }
        const events = await listReviewEvents(lab.db, trialId)
        const kinds = events.map(({ kind }) => kind)
        const kept = await findTrialReview(lab.db, trialId)
        expect(kept?.state ?? 'inReview').toBe(foldReview(kinds))
        const open = kinds.filter((kind) => kind === 'queried').length
        const shut = kinds.filter((kind) => kind === 'queryClosed').length
        expect(kept?.openQueries ?? 0).toBe(open - shut)
        const signed = events.filter(({ signatureId }) => signatureId !== null)
        const sealed = (await listSignatures(lab.db, trialId)).filter(
          ({ act }) => act !== 'release',
        )
        expect(sealed).toHaveLength(signed.length)
      }),
      { numRuns: 2 },
    )
  },
  180_000,
)
