import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { outcomes } from '../outcome/outcome'
import { type FlowTrial, flowBoxes, flowOf, inBox, readFlowPlace } from './flow'

const trial = (more: Partial<FlowTrial>): FlowTrial => ({
  state: 'draft',
  registered: false,
  released: false,
  deviated: false,
  usedBefore: false,
  ...more,
})
const registered = { state: 'withdrawn', registered: true } as const
const concluded = { state: 'concluded', registered: true, released: true } as const

test('each trial is in one exit, or analysed', () => {
  const flow = flowOf([
    trial({}),
    trial({ ...registered, screenedOutBy: 'Q5' }),
    trial({ ...registered, screenedOutBy: 'Q12', trials: 2 }),
    trial({ state: 'lost', registered: true }),
    trial({ state: 'observing', registered: true, released: true }),
    trial({ ...concluded, outcome: 'installedAsExpected' }),
    trial({ ...concluded, outcome: 'refused', deviated: true, usedBefore: true }),
    trial({ ...concluded, outcome: 'censoredAtDeadline' }),
    trial({ ...concluded, outcome: 'installedAsExpected', against: true }),
    trial({ state: 'void', registered: true, released: true }),
  ])
  expect(flow).toEqual({
    drafted: 11,
    notRegistered: [{ why: 'draft', trials: 1 }],
    registered: 10,
    screenedOut: [
      { why: 'Q12', trials: 2 },
      { why: 'Q5', trials: 1 },
    ],
    notReleased: [{ why: 'lost', trials: 1 }],
    released: 6,
    perProtocol: 5,
    deviated: 1,
    notAnalysed: [
      { why: 'againstBuilds', trials: 1 },
      { why: 'censoredAtDeadline', trials: 1 },
      { why: 'observing', trials: 1 },
      { why: 'void', trials: 1 },
    ],
    analysed: 2,
    firstTrial: 1,
    usedBefore: 1,
  })
})

test.each([
  [trial({ released: true }), 'released and was never registered'],
  [trial({ screenedOutBy: 'Q1' }), 'screened out'],
  [trial({ ...concluded, outcome: 'refused', screenedOutBy: 'Q1' }), 'screened out'],
  [trial({ state: 'concluded', registered: true }), 'concluded without a release'],
])('a record that cannot be is refused: %o', (wrong, reason) => {
  expect(() => flowOf([wrong])).toThrow(reason)
})

test('a concluded trial whose outcome waits for its second reader is not analysed, and says so', () => {
  expect(flowOf([trial(concluded)])).toMatchObject({
    ...{ analysed: 0, notAnalysed: [{ why: 'awaitsReader', trials: 1 }] },
  })
})

test.each(['released', 'screenedOut', 'screenedOut:Q5', 'notAnalysed:againstBuilds'])(
  'the place %s of a diagram is read',
  (text) => {
    expect(readFlowPlace(text)?.place).toBe(text)
  },
)

test.each(['', 'sent', 'released:draft', 'screenedOut:draft', 'notAnalysed:x', 'screenedOut:Q5:x'])(
  '"%s" is no place of a diagram',
  (text) => {
    expect(readFlowPlace(text)).toBeUndefined()
  },
)

const flags = { deviated: fc.boolean(), usedBefore: fc.boolean(), against: fc.boolean() }
const trials = fc.integer({ min: 1, max: 5 })
const any = fc.oneof(
  fc.record({
    ...{ ...flags, trials },
    state: fc.constantFrom('draft' as const, 'withdrawn' as const, 'lost' as const),
  }),
  fc.record({
    ...{ ...flags, trials },
    state: fc.constantFrom('registered' as const, 'armed' as const, 'void' as const),
    screenedOutBy: fc.constantFrom(undefined, 'Q1', 'Q5', 'Q12'),
    registered: fc.constant(true),
  }),
  fc.record({
    ...{ ...flags, trials },
    ...{ registered: fc.constant(true), released: fc.constant(true) },
    state: fc.constantFrom('observing' as const, 'concluded' as const, 'withdrawn' as const),
    outcome: fc.constantFrom(...outcomes),
  }),
)

test('every box is the sum of what leaves it and of the next one', () => {
  fc.assert(
    fc.property(fc.array(any, { maxLength: 60 }), (drawn) => {
      const flow = flowOf(drawn.map(trial))
      const [drafted, notRegistered, registered, screenedOut, notReleased, released, ...rest] =
        flowBoxes.map((box) => inBox(flow, box))
      const [perProtocol, deviated, notAnalysed, analysed, firstTrial, usedBefore] = rest
      expect(drafted).toBe(drawn.reduce((sum, one) => sum + one.trials, 0))
      expect(drafted).toBe((notRegistered ?? 0) + (registered ?? 0))
      expect(registered).toBe((screenedOut ?? 0) + (notReleased ?? 0) + (released ?? 0))
      expect(released).toBe((perProtocol ?? 0) + (deviated ?? 0))
      expect(released).toBe((notAnalysed ?? 0) + (analysed ?? 0))
      expect(analysed).toBe((firstTrial ?? 0) + (usedBefore ?? 0))
    }),
  )
})
