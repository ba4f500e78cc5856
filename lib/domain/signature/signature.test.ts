import { expect, test } from 'vitest'
import type { TrialState } from '../trial/trial'
import { endOfForce, type SignatureAct } from './signature'

type Given = [act: SignatureAct, slot?: number]
const signed = (...given: Given[]) =>
  given.map(([act, slot], index) => ({
    ...{ id: index + 1, act, byName: `P${index + 1}`, reason: `reason ${index + 1}` },
    slotOrdinal: slot ?? null,
  }))
const inForce = (given: Given[], state: TrialState = 'concluded') => {
  const all = signed(...given)
  return all.map((one) => endOfForce(one, all, { state })?.words)
}

test('unlocking ends the approval and the lock before it, and not those after it', () => {
  const unlocked = 'the record was unlocked'
  expect(inForce([['approve'], ['lock'], ['unlock'], ['approve'], ['lock']])).toEqual([
    unlocked,
    unlocked,
    undefined,
    undefined,
    undefined,
  ])
})

test('abandoning a command only ends the release of that command', () => {
  expect(
    inForce([
      ['release', 1],
      ['release', 2],
      ['withdrawCommand', 2],
    ]),
  ).toEqual([undefined, 'the command was abandoned', undefined])
})

test('the end of a release is said in the words of what it is: a declaration is withdrawn', () => {
  const [release, ...rest] = signed(['release', 1], ['withdrawCommand', 1], ['release', 1])
  if (!release) throw new Error('nothing was signed')
  const words = (all: typeof rest) =>
    endOfForce(release, all, { state: 'observing' }, 'declaration')?.words
  expect(words(rest.slice(0, 1))).toBe('the declaration was withdrawn')
  expect(words(rest.slice(1))).toBe('it was released again')
})

test('a second release of a command replaces the first', () => {
  expect(
    inForce([
      ['release', 1],
      ['release', 1],
      ['release', 2],
    ])[0],
  ).toBe('it was released again')
})

test('in a void trial only the act that declared it void is in force', () => {
  expect(inForce([['waive'], ['counterSign', 1], ['release', 1], ['voidTrial']], 'void')).toEqual([
    ...Array(3).fill('the trial was declared void'),
    undefined,
  ])
})

test('a withdrawn trial leaves no release in force, and its approval is', () => {
  expect(inForce([['release', 1], ['approve']], 'withdrawn')).toEqual([
    'the trial was withdrawn',
    undefined,
  ])
})

test('the end of a signature names who ended it and why', () => {
  const all = signed(['lock'], ['unlock'])
  const [lock] = all
  expect(lock && endOfForce(lock, all, { state: 'concluded' })).toEqual({
    words: 'the record was unlocked',
    byName: 'P2',
    reason: 'reason 2',
  })
})
