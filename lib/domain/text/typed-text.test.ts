import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { lineProblem, shownPieces, shownText, textProblem, withoutTrailing } from './typed-text'

test.each([
  ['\ud800', 'half a character (U+D800, at position 1)'],
  ['a\udfffb', 'half a character (U+DFFF, at position 2)'],
  ['ab\u0000', 'a control character (U+0000, at position 3)'],
  ['\u001b[31m', 'a control character (U+001B, at position 1)'],
  ['\u0085', 'a control character (U+0085, at position 1)'],
])('F36 a text that the database cannot store is refused and named: %j', (text, named) => {
  expect(textProblem(text)).toContain(named)
})

test('F36 emoji, joiners, right-to-left text, combining marks and lines are kept', () => {
  for (const text of ['👩‍🔬 lab', 'مختبر', '\u202eabc', 'e\u0301', 'a\r\nb\tc', '😀'.repeat(2000)])
    expect(textProblem(text)).toBeUndefined()
})

test('a name is on one line', () => {
  expect(lineProblem('a\nb')).toContain('on one line')
  expect(lineProblem('iPhone 8 👩‍🔬')).toBeUndefined()
})

test('F36 a bidirectional character is shown by its code point, and the rest unchanged', () => {
  expect(shownText('photo\u202egpj.exe')).toBe('photo⟨U+202E⟩gpj.exe')
  expect(shownPieces('a\u200bb')).toEqual([{ plain: 'a' }, { hidden: 'U+200B' }, { plain: 'b' }])
  expect(shownText('👩‍🔬 می‌خواهم')).toBe('👩‍🔬 می‌خواهم')
})

test('F36 shown text contains no character that can reorder it, and other text is unchanged', () => {
  const turning = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(shownText(text)).not.toMatch(turning)
    }),
  )
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => shownText(text) === text))
})

test.each([
  ['https://lab.example/', 'https://lab.example'],
  ['a//b//', 'a//b'],
  ['/', ''],
  ['', ''],
])('without the slashes at its end %j is %j', (text, rest) => {
  expect(withoutTrailing(text, '/')).toBe(rest)
})
