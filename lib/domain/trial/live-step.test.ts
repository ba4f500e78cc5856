import { expect, test } from 'vitest'
import { type LiveTrial, liveStep } from './live-step'

const now = new Date('2026-03-02T09:00:00Z')
const later = new Date('2026-03-02T10:00:00Z')
const trial: LiveTrial = {
  state: 'observing',
  alarmed: false,
  slots: 2,
  held: null,
  unanswered: null,
  next: null,
  holdEndsAt: null,
  deadlineAt: later,
  endSeenAt: null,
}

const cases: [what: string, at: Partial<LiveTrial>, words: RegExp, clock: string | undefined][] = [
  ['registered', { state: 'registered', deadlineAt: null }, /^Arm it/, undefined],
  ['armed', { state: 'armed', next: 1, deadlineAt: null }, /release command 1 of 2/, undefined],
  [
    'armed with one command',
    { state: 'armed', slots: 1, deadlineAt: null },
    /release the command/,
    undefined,
  ],
  ['held', { state: 'released', held: 1, holdEndsAt: later }, /^Wait for the hold/, 'Hold ends'],
  ['held under an alarm', { held: 2, alarmed: true, holdEndsAt: later }, /or cancel/, 'Hold ends'],
  ['under way with an alarm', { alarmed: true }, /alarm is open/, 'Deadline'],
  ['waiting for an answer', { unanswered: 1, next: 2 }, /Command 1 is not answered/, 'Deadline'],
  ['between two commands', { next: 2 }, /release command 2 of 2/, 'Deadline'],
  ['changed', { endSeenAt: now, unanswered: 1 }, /Another OS was seen/, 'Deadline'],
  ['past its deadline', { deadlineAt: now }, /deadline has passed/, 'Deadline'],
  ['only watched', {}, /^Log what you see\.$/, 'Deadline'],
]

test.each(cases)('a trial that is %s has its next step and its clock', (_, at, words, clock) => {
  const step = liveStep({ ...trial, ...at }, now)
  expect(step.text).toMatch(words)
  expect(step.clock?.what).toBe(clock)
})
