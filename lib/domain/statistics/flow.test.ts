import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { outcomes } from '../outcome/outcome'
import { type FlowTrial, flowOf } from './flow'

const trial = (id: string, more: Partial<FlowTrial>): FlowTrial => ({
  id,
  state: 'draft',
  registered: false,
  released: false,
  deviated: false,
  reTreated: false,
  ...more,
})
const concluded = { state: 'concluded', registered: true, released: true } as const

test('each trial is in one exit, or analysed', () => {
  const flow = flowOf([
    trial('a', { screenedOutBy: 'Q5' }),
    trial('b', { screenedOutBy: 'Q12' }),
    trial('c', { screenedOutBy: 'Q12' }),
    trial('d', {}),
    trial('e', { state: 'lost', registered: true }),
    trial('f', { state: 'observing', registered: true, released: true }),
    trial('g', { ...concluded, outcome: 'installedAsExpected' }),
    trial('h', { ...concluded, outcome: 'refused', deviated: true, reTreated: true }),
    trial('i', { ...concluded, outcome: 'censoredAtDeadline' }),
    trial('j', { ...concluded, outcome: 'installedAsExpected', against: true }),
    trial('k', { state: 'void', registered: true, released: true }),
  ])
  expect(flow).toEqual({
    assessed: [...'abcdefghijk'],
    screenedOut: [
      { why: 'Q12', ids: ['b', 'c'] },
      { why: 'Q5', ids: ['a'] },
    ],
    notRegistered: [{ why: 'draft', ids: ['d'] }],
    registered: [...'efghijk'],
    notReleased: [{ why: 'lost', ids: ['e'] }],
    released: [...'fghijk'],
    perProtocol: [...'fgijk'],
    deviated: ['h'],
    notAnalysed: [
      { why: 'againstBuilds', ids: ['j'] },
      { why: 'censoredAtDeadline', ids: ['i'] },
      { why: 'observing', ids: ['f'] },
      { why: 'void', ids: ['k'] },
    ],
    analysed: ['g', 'h'],
    naive: ['g'],
    reTreated: ['h'],
  })
})

test.each([
  [trial('x', { released: true }), 'released and was never registered'],
  [trial('x', { registered: true, screenedOutBy: 'Q1' }), 'although a rule screened it out'],
  [trial('x', { state: 'concluded', registered: true }), 'without a release and an outcome'],
  [trial('x', concluded), 'without a release and an outcome'],
])('a record that cannot be is refused: %o', (wrong, reason) => {
  expect(() => flowOf([wrong])).toThrow(reason)
})

test('a trial that is given twice is refused', () => {
  expect(() => flowOf([trial('x', {}), trial('x', {})])).toThrow('once')
})

const flags = { deviated: fc.boolean(), reTreated: fc.boolean(), against: fc.boolean() }
const any = fc.oneof(
  fc.record({
    ...flags,
    state: fc.constantFrom('draft' as const, 'withdrawn' as const, 'lost' as const),
    screenedOutBy: fc.constantFrom(undefined, 'Q1', 'Q5', 'Q12'),
  }),
  fc.record({
    ...flags,
    state: fc.constantFrom('registered' as const, 'armed' as const, 'void' as const),
    registered: fc.constant(true),
  }),
  fc.record({
    ...flags,
    ...{ registered: fc.constant(true), released: fc.constant(true) },
    state: fc.constantFrom('observing' as const, 'concluded' as const, 'withdrawn' as const),
    outcome: fc.constantFrom(...outcomes),
  }),
)

test('every box is the sum of what leaves it and of the next one', () => {
  const sum = (...exits: { ids: string[] }[][]) =>
    exits.flat().reduce((total, { ids }) => total + ids.length, 0)
  fc.assert(
    fc.property(fc.array(any, { maxLength: 60 }), (drawn) => {
      const flow = flowOf(drawn.map((more, index) => trial(`t${index}`, more)))
      expect(flow.assessed.length).toBe(drawn.length)
      expect(flow.assessed.length).toBe(
        sum(flow.screenedOut, flow.notRegistered) + flow.registered.length,
      )
      expect(flow.registered.length).toBe(sum(flow.notReleased) + flow.released.length)
      expect(flow.released.length).toBe(flow.perProtocol.length + flow.deviated.length)
      expect(flow.released.length).toBe(sum(flow.notAnalysed) + flow.analysed.length)
      expect(flow.analysed.length).toBe(flow.naive.length + flow.reTreated.length)
    }),
  )
})
