import { expect, test } from 'vitest'
import { deviationsOf } from './deviation'

const at = new Date('2026-03-02T09:00:00Z')
const event = (id: number, data: Record<string, unknown>, text = '') => ({
  ...{ id, kind: 'deviated' as const, at, byName: 'Erin', text, data },
})
const byHand = {
  deviation: 'byHand',
  what: 'Unplugged',
  why: 'cable',
  effect: 'none',
  stands: true,
}

test('the newest entry of a chain counts, and the older ones stay', () => {
  const second = {
    ...byHand,
    effect: 'possible',
    corrects: 1,
    reason: 'it was longer than thought',
  }
  const third = { ...byHand, stands: false, corrects: 2, reason: 'another device was meant' }
  const [found, ...others] = deviationsOf([event(3, third), event(1, byHand), event(2, second)])
  expect(others).toEqual([])
  expect(found).toMatchObject({ kind: 'byHand', entry: { id: 3, stands: false } })
  expect(found?.corrected.map(({ id, effect }) => [id, effect])).toEqual([
    [1, 'none'],
    [2, 'possible'],
  ])
})

test('a gap is a deviation by its own event, and is judged by an entry that names it', () => {
  const gap = { ...event(1, { gapId: 7 }, 'Observation gap'), kind: 'observationGap' as const }
  const judged = { ...byHand, deviation: 'observationGap', corrects: 1, reason: 'nobody was there' }
  expect(deviationsOf([gap])).toMatchObject([
    { kind: 'observationGap', entry: { what: 'Observation gap', effect: 'notJudged' } },
  ])
  expect(deviationsOf([gap, event(2, judged)])).toMatchObject([
    { kind: 'observationGap', entry: { effect: 'none' } },
  ])
})

test('an event from before deviations had a kind is of a second delivery', () => {
  const old = event(1, { commandUuid: 'x' }, 'Deviation: delivered again')
  expect(deviationsOf([old])).toMatchObject([
    { kind: 'redelivery', entry: { what: 'delivered again', why: '', stands: true } },
  ])
})
