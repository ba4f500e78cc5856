import { expect, test } from 'vitest'
import type { ProtocolStep } from './protocol'
import { benchSteps, currentStep } from './step-tick'

const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 9, minutes))
const steps: ProtocolStep[] = [
  { doThis: 'Release command 1', expect: 'It downloads.', sightings: ['downloadSeen'] },
  { doThis: 'Release command 2', expect: 'A prompt.', sightings: ['promptShown'] },
  { doThis: 'Look', expect: '' },
]
const tick = (id: number, step: number, minutes: number, more: Record<string, unknown> = {}) => ({
  ...{ id, kind: 'stepTicked' as const, at: at(minutes), byName: 'Erin' },
  data: { step, done: true, at: at(minutes).toISOString(), note: '', ...more },
})
const saw = (id: number, kind: string, minutes: number, correctsId: number | null = null) => ({
  ...{ id, kind, observedAt: at(minutes), correctsId },
})
type Events = Parameters<typeof benchSteps>[1]['steps']
type Seen = Parameters<typeof benchSteps>[1]['observations']
const differences = (events: Events, observations: Seen) =>
  benchSteps({ steps }, { steps: events, observations }).map(({ difference }) => difference)

test('a sighting that the open step does not expect is said at once, what is missing only once it is done', () => {
  expect(differences([], [])).toEqual([undefined, undefined, undefined])
  const [first] = differences([], [saw(1, 'promptShown', 1)])
  expect(first).toBe('Seen and not expected here: Prompt shown.')
  const [done] = differences([tick(1, 1, 2)], [saw(1, 'promptShown', 1)])
  expect(done).toBe(
    'Seen and not expected here: Prompt shown. Expected and not seen: Download seen.',
  )
})

test('a sighting belongs to the step that was open when it was seen', () => {
  const seen = [saw(1, 'downloadSeen', 1), saw(2, 'promptShown', 3)]
  expect(differences([tick(1, 1, 2)], seen)).toEqual([undefined, undefined, undefined])
  expect(differences([tick(1, 1, 2), tick(2, 2, 4)], seen)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('a corrected sighting, a text and a step without sightings differ from nothing', () => {
  const seen = [saw(1, 'promptShown', 1), saw(2, 'downloadSeen', 1, 1), saw(3, 'other', 1)]
  expect(differences([tick(1, 1, 2)], seen)[0]).toBeUndefined()
  const later = [tick(1, 1, 2), tick(2, 2, 3, { done: false, note: 'no time' })]
  expect(differences(later, [saw(1, 'downloadSeen', 1), saw(2, 'unusable', 4)])[2]).toBeUndefined()
})

test('a step that was not done is settled, and has no difference', () => {
  const events = [tick(1, 1, 2, { done: false, note: 'no time' })]
  const found = benchSteps({ steps }, { steps: events, observations: [] })
  expect(found[0]).toMatchObject({ difference: undefined, tick: { done: false, note: 'no time' } })
  expect(currentStep(found)?.ordinal).toBe(2)
})

test('the correction counts, and the corrected entry stays', () => {
  const events = [
    tick(1, 1, 2),
    tick(5, 1, 3, { corrects: 1, reason: 'the clock was read wrongly' }),
  ]
  const [first] = benchSteps({ steps }, { steps: events, observations: [] })
  expect(first?.tick).toMatchObject({ id: 5, correctsId: 1, reason: 'the clock was read wrongly' })
  expect(first?.corrected.map(({ id }) => id)).toEqual([1])
})
