import { describe, expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { trialStates } from '../trial/trial'
import {
  contributionsTo,
  foldReview,
  isReviewed,
  nextReviewState,
  type ReviewState,
  reviewEventKinds,
  reviewStates,
  whyNotReviewer,
} from './review'

describe('a review', () => {
  test('goes from in review over approved to locked, and back by unlocking', () => {
    expect(foldReview([])).toBe('inReview')
    expect(foldReview(['queried', 'answered', 'queryClosed', 'approved'])).toBe('approved')
    expect(foldReview(['approved', 'locked'])).toBe('locked')
    expect(foldReview(['approved', 'locked', 'unlocked'])).toBe('inReview')
  })

  test('locks only what is approved', () => {
    const from = reviewStates.filter((state) => nextReviewState(state, 'locked') !== undefined)
    expect(from).toEqual(['approved'])
  })

  test('accepts only an unlocking once it is locked', () => {
    const taken = reviewEventKinds.filter((kind) => nextReviewState('locked', kind) !== undefined)
    expect(taken).toEqual(['unlocked'])
  })

  test('with an impossible record throws', () => {
    expect(() => foldReview(['locked'])).toThrow('cannot be locked')
    expect(() => foldReview(['approved', 'queried'])).toThrow('cannot be queried')
  })

  test('has, in any possible record, an approval in force before each lock', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...reviewEventKinds), { maxLength: 12 }), (kinds) => {
        let state: ReviewState = 'inReview'
        let approved = false
        for (const kind of kinds) {
          const next = nextReviewState(state, kind)
          if (next === undefined) continue
          if (kind === 'locked') expect(approved).toBe(true)
          if (kind === 'approved') approved = true
          if (kind === 'unlocked') approved = false
          state = next
        }
      }),
    )
  })
})

test('a trial is reviewed if it has ended and consumed a baseline', () => {
  const which = (consumed: boolean) =>
    trialStates.filter((state) => isReviewed({ state, consumed }))
  expect(which(true)).toEqual(['concluded', 'withdrawn', 'void'])
  expect(which(false)).toEqual([])
})

describe('an author', () => {
  const contributions = contributionsTo({
    steps: [
      { byId: 'e1', kind: 'drafted' },
      { byId: 'e1', kind: 'armed' },
      { byId: 'e1', kind: 'armed' },
      { byId: 'l1', kind: 'releaseCancelled' },
      { byId: 'system', kind: 'sent' },
    ],
    observations: [{ byId: 'e2' }],
    decisions: [{ byId: 'l2' }],
    attachments: [
      { byId: 'e3', withdrawn: { byId: 'l3' } },
      { byId: 'e3', withdrawn: undefined },
    ],
  })

  test('sees what they did, and that another person reviews it', () => {
    expect(whyNotReviewer(contributions, 'e1')).toBe(
      'You contributed to this trial (drafted, armed); another person reviews it.',
    )
    expect(whyNotReviewer(contributions, 'e2')).toBe(
      'You contributed to this trial (logged an observation); another person reviews it.',
    )
    expect(whyNotReviewer(contributions, 'l2')).toContain('decided the outcome')
  })

  test('is not somebody who only cancelled a release', () => {
    expect(whyNotReviewer(contributions, 'l1')).toBeUndefined()
  })
})
