import { expect, test } from 'vitest'
import { cardOrder, nextStep, type Standing, trialCards } from './next-step'

const underWay: Standing = {
  state: 'observing',
  review: undefined,
  held: undefined,
  next: undefined,
  unanswered: undefined,
  proposed: undefined,
}
const second = {
  ordinal: 2,
  count: 2,
  overall: 'qualified' as const,
  waitsForSecond: false,
  mustQuery: false,
}

const cases: [what: string, at: Partial<Standing>, first: string, words: RegExp][] = [
  ['a draft', { state: 'draft' }, 'step', /^Register/],
  ['an armed trial', { state: 'armed', next: { ...second, ordinal: 1 } }, 'step', /command 1 of 2/],
  ['a hold', { state: 'released', held: 1 }, 'held', /Wait for the hold/],
  ['an answer that is awaited', { unanswered: 1, next: second }, 'bench', /not answered yet/],
  ['a second command that is ready', { next: second }, 'step', /release command 2 of 2/],
  [
    'a second command before anybody knows whether the download is done',
    { next: { ...second, mustQuery: true } },
    'bench',
    /query the device and release command 2 of 2/,
  ],
  ['an outcome that is certain', { proposed: { certain: true } }, 'outcome', /conclude/],
  ['an outcome to look at twice', { proposed: { certain: false } }, 'outcome', /look twice/],
  ['nothing but watching', {}, 'bench', /^Log what you see/],
  [
    'a trial in review',
    { state: 'concluded', review: { state: 'inReview', openQueries: 0 } },
    'review',
    /did not contribute/,
  ],
]

test.each(cases)('the next step of %s is said, and its card comes first', (_, at, first, words) => {
  const step = nextStep({ ...underWay, ...at })
  expect(step?.text).toMatch(words)
  expect(cardOrder(step?.first)[0]).toBe(first)
})

test('a closed trial has no next step, and every card keeps its place', () => {
  expect(nextStep({ ...underWay, state: 'withdrawn' })).toBeUndefined()
  expect(cardOrder(undefined)).toEqual(trialCards)
})
