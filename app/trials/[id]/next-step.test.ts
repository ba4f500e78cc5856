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
const command = (ordinal: number) => ({ ordinal, noun: 'command' as const })
const declaration = (ordinal: number) => ({ ordinal, noun: 'declaration' as const })
const second = {
  ordinal: 2,
  count: 2,
  overall: 'qualified' as const,
  waitsForSecond: false,
  mayCounterSign: false,
  mustQuery: false,
  noun: 'command' as const,
  afterDownload: true,
}

const cases: [what: string, at: Partial<Standing>, first: string, words: RegExp][] = [
  ['a draft', { state: 'draft' }, 'step', /^Register/],
  [
    'a draft whose protocol was not reviewed',
    { state: 'draft', unfit: 'a lead reviews it' },
    'step',
    /cannot be registered: a lead reviews it/,
  ],
  ['an armed trial', { state: 'armed', next: { ...second, ordinal: 1 } }, 'step', /command 1 of 2/],
  ['a hold', { state: 'released', held: command(1) }, 'held', /Wait for the hold/],
  [
    'a declaration that is held',
    { state: 'released', held: declaration(1) },
    'held',
    /Declaration 1 is then attached to the device, once/,
  ],
  [
    'a declaration that the device has not fetched',
    { unanswered: declaration(1) },
    'bench',
    /Declaration 1 has left for its server, and the device has not fetched it yet/,
  ],
  [
    'a declaration after a download command',
    { next: { ...second, noun: 'declaration', mustQuery: true } },
    'bench',
    /query the device and release declaration 2 of 2/,
  ],
  [
    'a declaration that is withdrawn',
    { withdrawn: declaration(1), installAsked: { passcode: true } },
    'outcome',
    /^Declaration 1 is withdrawn.*Query the device; then a lead concludes the trial/,
  ],
  [
    'an answer that is awaited',
    { unanswered: command(1), next: second },
    'bench',
    /not answered yet/,
  ],
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
    { unanswered: command(2), installAsked: { passcode: true } },
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
  ['a hold under an open alarm', { alarmed: true, held: command(2) }, 'held', /or cancel/],
  [
    'a command that two people release, for somebody who cannot counter-sign it',
    { state: 'armed', next: { ...second, waitsForSecond: true } },
    'step',
    /^A second person counter-signs/,
  ],
  [
    'the same for somebody who can',
    { state: 'armed', next: { ...second, waitsForSecond: true, mayCounterSign: true } },
    'step',
    /counter-sign it, and another person releases it/,
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

test.each([
  [{ next: { ...second, mustQuery: true } }, 'Release command 2 when the download is done.'],
  [
    { next: { ...second, ordinal: 3, mustQuery: true, afterDownload: false } },
    'Release command 3 when the step before is done.',
  ],
  [{ unanswered: command(1) }, 'Log what you see: command 1 is not answered yet.'],
  [{ unanswered: declaration(1) }, 'Log what you see: declaration 1 is not fetched yet.'],
  [
    { unanswered: declaration(1), declared: { ordinal: 1, local: '2026-12-01T09:00:00' } },
    'Log what you see: declaration 1 (for 2026-12-01 09:00, device’s clock) is not fetched yet.',
  ],
  [
    { declared: { ordinal: 1, local: '2026-12-01T09:00:00' } },
    'Log what you see: declaration 1 (for 2026-12-01 09:00, device’s clock) is released.',
  ],
  [{}, 'Log what you see.'],
] as const)('at the bench the next step is one plain line', (at, line) => {
  expect(nextStep({ ...underWay, ...at })?.line).toBe(line)
})

const nothing = { ask: false, answer: false, approve: false, lock: false }
const reviewer = { ask: true, answer: true, approve: true, lock: false }
const inReview = { state: 'inReview' as const, openQueries: 0 }

const reviews: [who: string, review: NonNullable<Standing['review']>, words: RegExp][] = [
  ['a lead who may approve', { ...inReview, reader: reviewer }, /^Check the record.*approve it/],
  [
    'an engineer who did not contribute',
    { ...inReview, reader: { ...reviewer, approve: false } },
    /^Check the record.*A lead approves/,
  ],
  ['a contributor', { ...inReview, reader: { ...nothing, answer: true } }, /did not contribute/],
  ['a reviewer', { ...inReview, openQueries: 1, reader: reviewer }, /^One query is open: close/],
  [
    'a contributor who is asked',
    { ...inReview, openQueries: 2, reader: { ...nothing, answer: true } },
    /^2 queries are open: answer them/,
  ],
  ['a viewer', { ...inReview, openQueries: 1, reader: nothing }, /closed by a reviewer/],
  [
    'a lead who may lock',
    { ...inReview, state: 'approved', reader: { ...nothing, lock: true } },
    /^Lock the approved trial/,
  ],
  ['the approver', { ...inReview, state: 'approved', reader: nothing }, /^A lead who did not/],
]

test.each(reviews)('the next step of a review is said to %s', (_, review, words) => {
  const step = nextStep({ ...underWay, state: 'concluded', review })
  expect(step).toMatchObject({ card: 'review', text: expect.stringMatching(words) })
})

test('who may approve or lock is never told of another person', () => {
  for (const [, review] of reviews) {
    const step = nextStep({ ...underWay, state: 'concluded', review })
    if (review.reader.approve || review.reader.lock)
      expect(step?.text).not.toMatch(/person|lead|reviewer/)
  }
})

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
