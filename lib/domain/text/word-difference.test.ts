import { expect, test } from 'vitest'
import { fc } from '../../property.testing'
import { wordDifference } from './word-difference'

const shown = (before: string, after: string) =>
  wordDifference(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : `${kind === 'added' ? '+' : '-'}[${text}]`))
    .join('')

test.each([
  ['the device restarts', 'the device restarts', 'the device restarts'],
  ['', 'a prompt', '+[a prompt]'],
  ['a prompt', '', '-[a prompt]'],
  ['wait one hour', 'wait two hours', 'wait -[one hour]+[two hours]'],
  ['look at the screen', 'look at the lock screen', 'look at the +[lock ]screen'],
  ['a  b', 'a b', '-[a  ]+[a ]b'],
])('%j and %j', (before, after, difference) => {
  expect(shown(before, after)).toBe(difference)
})

test('the runs put together are both texts, whatever they are', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'c'), maxLength: 60 })
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const runs = wordDifference(before, after)
      const without = (kind: string) =>
        runs.flatMap((run) => (run.kind === kind ? [] : [run.text])).join('')
      expect(without('added')).toBe(before)
      expect(without('removed')).toBe(after)
      expect(runs.every((run, at) => run.kind !== runs[at + 1]?.kind)).toBe(true)
    }),
  )
})

test('texts of too many words are shown whole', () => {
  const long = 'word '.repeat(1300)
  expect(wordDifference(long, `${long}more`).map(({ kind }) => kind)).toEqual(['removed', 'added'])
  expect(wordDifference(long, long)).toEqual([{ kind: 'same', text: long }])
})
