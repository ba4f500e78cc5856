import { expect, test } from 'vitest'
import { trialStates } from '@/lib/domain/trial/trial'
import { cardOrder, nextStep, type Standing, trialCards } from './next-step'

const underWay: Standing = {
  state: 'observing',
  review: undefined,
  held: undefined,
  next: undefined,
  unanswered: undefined,
  proposed: undefined,
  alarmed: false,
  installAsked: undefined,
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
  ['an outcome to look at twice', { proposed: { certain: false } }, 'outcome', /not certain/],
  ['nothing but watching', {}, 'bench', /^Log what you see/],
  [
    'an install on a device with a passcode',
    { installAsked: { passcode: true } },
    'bench',
    /^The device has a passcode: when it shows a prompt, somebody answers it there/,
  ],
  [
    'an install whose answer is awaited, on a device with a passcode',
    { unanswered: 2, installAsked: { passcode: true } },
    'bench',
    /somebody answers it there.*not answered yet/,
  ],
  [
    'an install where nobody knows of a passcode',
    { installAsked: { passcode: undefined } },
    'bench',
    /^Look whether the device shows a prompt/,
  ],
  [
    'an install on a device without a passcode',
    { installAsked: { passcode: false } },
    'bench',
    /^Log what you see/,
  ],
  [
    'a device with an open alarm',
    { alarmed: true, next: second },
    'notices',
    /until a lead has cleared it/,
  ],
  ['a hold under an open alarm', { alarmed: true, held: 2 }, 'held', /or cancel/],
  [
    'a trial in review',
    { state: 'concluded', review: { state: 'inReview', openQueries: 0 } },
    'review',
    /did not contribute/,
  ],
]

test.each(cases)(
  'the next step of %s is said, with the card it is done in',
  (_, at, card, words) => {
    const step = nextStep({ ...underWay, ...at })
    expect(step?.text).toMatch(words)
    expect(step?.card).toBe(card)
  },
)

test('a closed trial has no next step', () => {
  expect(nextStep({ ...underWay, state: 'withdrawn' })).toBeUndefined()
})

test('the order of the cards hangs on the state alone, and names each card once', () => {
  for (const state of trialStates)
    expect(cardOrder(state).toSorted()).toEqual(trialCards.toSorted())
})

test('while a trial is under way nothing that grows by itself stands above the bench, through the end of the hold', () => {
  expect(cardOrder('released')).toEqual(cardOrder('observing'))
  expect(cardOrder('observing')[0]).toBe('bench')
})
