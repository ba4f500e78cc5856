import { expect, test } from 'vitest'
import { type Look, timeToEvent } from './time-to-event'

const at = (minutes: number) => new Date(Date.UTC(2018, 5, 1, 12, minutes))
const look = (minutes: number, happened: boolean): Look => ({
  at: at(minutes),
  happened,
  evidence: happened ? 'seen' : 'not yet',
})
const sent = { sentAt: at(0) }

test('an event lies between two looks and counts at the later one', () => {
  expect(timeToEvent(sent, [look(30, true), look(5, false), look(12, false)])).toEqual({
    ...{ time: 30, notBefore: 12, happened: true, evidence: 'seen' },
  })
})

test('an event that nobody looked for before may have come at once', () => {
  expect(timeToEvent(sent, [look(30, true)])).toMatchObject({ time: 30, notBefore: 0 })
})

test('a trial without the event is censored at its last look, not at its end', () => {
  expect(timeToEvent({ ...sent, endedAt: at(60) }, [look(5, false), look(20, false)])).toEqual({
    ...{ time: 20, notBefore: 20, happened: false, evidence: 'not yet' },
  })
})

test('looks before the sending and after the end say nothing', () => {
  const ended = { ...sent, endedAt: at(60) }
  expect(timeToEvent(ended, [look(-5, false), look(61, true)])).toBeUndefined()
  expect(timeToEvent(ended, [look(60, true)])).toMatchObject({ time: 60, happened: true })
})

test('what is not seen any more has happened nevertheless', () => {
  expect(timeToEvent(sent, [look(5, true), look(9, false)])).toMatchObject({
    time: 5,
    notBefore: 0,
  })
})
